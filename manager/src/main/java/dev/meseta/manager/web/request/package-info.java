/** What happens to every request before its controller: correlation, audit, body limit, idempotency. */
@NullMarked
package dev.meseta.manager.web.request;

import org.jspecify.annotations.NullMarked;

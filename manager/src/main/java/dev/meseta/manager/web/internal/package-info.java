/** Events and idempotent requests in PostgreSQL. */
@NullMarked
package dev.meseta.manager.web.internal;

import org.jspecify.annotations.NullMarked;

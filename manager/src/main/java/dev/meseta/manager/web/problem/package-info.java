/** Refusals and failures as problem+json (RFC 9457); the one place where they are written. */
@NullMarked
package dev.meseta.manager.web.problem;

import org.jspecify.annotations.NullMarked;

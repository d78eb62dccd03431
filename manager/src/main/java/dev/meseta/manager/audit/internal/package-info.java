/** Audit records in PostgreSQL. */
@NullMarked
package dev.meseta.manager.audit.internal;

import org.jspecify.annotations.NullMarked;

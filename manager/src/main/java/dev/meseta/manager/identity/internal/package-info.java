/** Accounts and tokens in PostgreSQL. */
@NullMarked
package dev.meseta.manager.identity.internal;

import org.jspecify.annotations.NullMarked;

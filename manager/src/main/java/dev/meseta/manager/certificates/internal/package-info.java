/** Certificate authorities with BouncyCastle, kept in PostgreSQL. */
@NullMarked
package dev.meseta.manager.certificates.internal;

import org.jspecify.annotations.NullMarked;

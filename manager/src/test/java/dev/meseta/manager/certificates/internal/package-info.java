/** Test support for certificates. */
@NullMarked
package dev.meseta.manager.certificates.internal;

import org.jspecify.annotations.NullMarked;

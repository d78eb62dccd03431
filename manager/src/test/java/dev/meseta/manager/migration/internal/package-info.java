/** Tests of this package. */
@NullMarked
package dev.meseta.manager.migration.internal;

import org.jspecify.annotations.NullMarked;

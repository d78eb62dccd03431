/** The phase machine of live migration. */
@NullMarked
package dev.meseta.manager.migration.internal;

import org.jspecify.annotations.NullMarked;

/** Tests. */
@NullMarked
package dev.meseta.manager.inventory.internal;

import org.jspecify.annotations.NullMarked;

/** Tests. */
@NullMarked
package dev.meseta.manager.shared;

import org.jspecify.annotations.NullMarked;

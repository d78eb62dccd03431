/** Tests. */
@NullMarked
package dev.meseta.manager.shared.query;

import org.jspecify.annotations.NullMarked;

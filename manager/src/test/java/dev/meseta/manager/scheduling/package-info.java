/** Properties of the placement rules. */
@NullMarked
package dev.meseta.manager.scheduling;

import org.jspecify.annotations.NullMarked;

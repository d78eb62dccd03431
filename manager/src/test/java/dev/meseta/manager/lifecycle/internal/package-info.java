/** Scenarios of the lifecycle. */
@NullMarked
package dev.meseta.manager.lifecycle.internal;

import org.jspecify.annotations.NullMarked;

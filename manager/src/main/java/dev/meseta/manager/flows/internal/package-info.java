/** How flows are taken in, kept and asked for. */
@NullMarked
package dev.meseta.manager.flows.internal;

import org.jspecify.annotations.NullMarked;

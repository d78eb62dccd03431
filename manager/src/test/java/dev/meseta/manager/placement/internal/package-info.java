/** Reservations on a real PostgreSQL. */
@NullMarked
package dev.meseta.manager.placement.internal;

import org.jspecify.annotations.NullMarked;

/** Reservations in the database. */
@NullMarked
package dev.meseta.manager.placement.internal;

import org.jspecify.annotations.NullMarked;

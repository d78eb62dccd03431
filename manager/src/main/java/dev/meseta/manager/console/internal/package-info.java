/** Tickets in the database, open consoles of this manager. */
@NullMarked
package dev.meseta.manager.console.internal;

import org.jspecify.annotations.NullMarked;

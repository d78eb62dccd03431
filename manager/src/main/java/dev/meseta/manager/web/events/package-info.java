/** The event list and the event stream. */
@NullMarked
package dev.meseta.manager.web.events;

import org.jspecify.annotations.NullMarked;

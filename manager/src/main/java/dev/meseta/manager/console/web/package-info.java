/** REST of tickets and the WebSocket that a ticket opens. */
@NullMarked
package dev.meseta.manager.console.web;

import org.jspecify.annotations.NullMarked;

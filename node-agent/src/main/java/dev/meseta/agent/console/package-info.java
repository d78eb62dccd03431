/** Consoles of domains on this host. */
@NullMarked
package dev.meseta.agent.console;

import org.jspecify.annotations.NullMarked;

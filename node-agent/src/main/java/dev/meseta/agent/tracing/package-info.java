/** Spans of operations, for whoever collects traces; nothing of it is loaded where nobody does. */
@NullMarked
package dev.meseta.agent.tracing;

import org.jspecify.annotations.NullMarked;

/** Spans as the modules see them: what a request caused, wherever it was done, under the request's correlation id. */
@NullMarked
package dev.meseta.manager.shared.tracing;

import org.jspecify.annotations.NullMarked;

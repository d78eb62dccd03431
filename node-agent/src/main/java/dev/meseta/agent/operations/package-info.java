/** Pieces of work: the journal that answers repeats after a restart, the fencing epoch, running and cancelling. */
@NullMarked
package dev.meseta.agent.operations;

import org.jspecify.annotations.NullMarked;

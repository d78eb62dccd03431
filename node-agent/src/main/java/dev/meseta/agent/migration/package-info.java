/** Both ends of a live migration: the prepared target, the outgoing migration, the control tunnel. */
@NullMarked
package dev.meseta.agent.migration;

import org.jspecify.annotations.NullMarked;

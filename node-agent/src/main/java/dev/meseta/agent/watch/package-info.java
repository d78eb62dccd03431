/** Everything an agent reports, as one ordered stream that watchers can resume. */
@NullMarked
package dev.meseta.agent.watch;

import org.jspecify.annotations.NullMarked;

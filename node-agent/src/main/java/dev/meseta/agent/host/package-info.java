/** What the host is and how it fares. */
@NullMarked
package dev.meseta.agent.host;

import org.jspecify.annotations.NullMarked;

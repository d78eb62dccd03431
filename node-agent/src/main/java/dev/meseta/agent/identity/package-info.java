/** Who this agent is: keys, certificates, joining, renewal, and whom it believes. */
@NullMarked
package dev.meseta.agent.identity;

import org.jspecify.annotations.NullMarked;

/** The operating system as the agent uses it: durable files, other programs by argument vector, file ownership. */
@NullMarked
package dev.meseta.agent.system;

import org.jspecify.annotations.NullMarked;

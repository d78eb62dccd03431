/**
 * Many simulated hosts in one process, each with a whole agent of its own, and a control socket to disturb them. Nothing
 * in an agent knows that it is one of many.
 */
@NullMarked
package dev.meseta.agent.fleet;

import org.jspecify.annotations.NullMarked;

/** The node agent: runs virtual machines on one host for a manager. Plain Java, no framework. */
@NullMarked
package dev.meseta.agent;

import org.jspecify.annotations.NullMarked;

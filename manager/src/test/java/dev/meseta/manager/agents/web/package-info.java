/** Tests of the REST operations of agents. */
@NullMarked
package dev.meseta.manager.agents.web;

import org.jspecify.annotations.NullMarked;

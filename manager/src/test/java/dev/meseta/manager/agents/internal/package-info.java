/** Tests of agents, with real gRPC and TLS against an agent written by hand. */
@NullMarked
package dev.meseta.manager.agents.internal;

import org.jspecify.annotations.NullMarked;

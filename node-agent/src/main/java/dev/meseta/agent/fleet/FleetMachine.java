package dev.meseta.agent.fleet;

import dev.meseta.agent.AgentThreads;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.tracing.Traces;
import java.nio.file.Path;
import java.util.function.UnaryOperator;

/**
 * What all hosts of a fleet share.
 *
 * @param agents threads of all agents
 * @param commands real programs; only images are looked at by one
 * @param mounts where a path of the hosts is for this process
 * @param hypervisorSocket where tunnels of arriving migrations end
 * @param traces where operations of all hosts are told of
 */
record FleetMachine(
        AgentThreads agents, Commands commands, UnaryOperator<Path> mounts, Path hypervisorSocket, Traces traces) {}

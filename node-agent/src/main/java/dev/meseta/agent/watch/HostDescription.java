package dev.meseta.agent.watch;

import dev.meseta.agent.hypervisor.HostFacts;
import java.util.List;

/**
 * What the host is, and how it is reached.
 *
 * @param capabilities stable names of what it can do, sorted
 * @param agentInstanceId new at every start of the agent
 */
public record HostDescription(
        String hostId,
        String agentVersion,
        String agentInstanceId,
        HostFacts facts,
        List<String> capabilities,
        List<HostFacts.Condition> conditions,
        String migrationAddress,
        String agentAddress) {

    public HostDescription {
        capabilities = List.copyOf(capabilities);
        conditions = List.copyOf(conditions);
    }
}

package dev.meseta.agent.host;

import dev.meseta.agent.hypervisor.Capability;
import dev.meseta.agent.hypervisor.HostFacts;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.watch.HostDescription;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;

/** Puts together what the host is. */
public final class HostInformation {

    private final Hypervisor hypervisor;
    private final Supplier<List<String>> furtherCapabilities;
    private final Supplier<List<HostFacts.Condition>> furtherConditions;
    private final Self self;

    /** Who and where this agent is. */
    public record Self(
            String hostId, String agentVersion, String agentInstanceId, String migrationAddress, String agentAddress) {}

    /**
     * @param furtherCapabilities what the host can do beside the hypervisor
     * @param furtherConditions what an administrator should know beside what the hypervisor says
     */
    public HostInformation(
            Hypervisor hypervisor,
            Supplier<List<String>> furtherCapabilities,
            Supplier<List<HostFacts.Condition>> furtherConditions,
            Self self) {
        this.hypervisor = hypervisor;
        this.furtherCapabilities = furtherCapabilities;
        this.furtherConditions = furtherConditions;
        this.self = self;
    }

    /** Asks the hypervisor now. */
    public HostDescription describe() {
        HostFacts facts = hypervisor.facts();
        TreeSet<String> capabilities = new TreeSet<>(furtherCapabilities.get());
        for (Capability capability : hypervisor.capabilities()) {
            capabilities.add(capability.wireName());
        }
        List<HostFacts.Condition> conditions = new ArrayList<>(facts.conditions());
        conditions.addAll(furtherConditions.get());
        return new HostDescription(
                self.hostId(),
                self.agentVersion(),
                self.agentInstanceId(),
                facts,
                List.copyOf(capabilities),
                conditions,
                self.migrationAddress(),
                self.agentAddress());
    }
}

package dev.meseta.agent.watch;

import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import dev.meseta.agent.operations.OperationRecord;
import java.time.Instant;
import java.util.UUID;

/** Something an agent reports. */
public sealed interface AgentEvent {

    /** What the host is, when first told and whenever it changed. */
    record HostDescribed(HostDescription description) implements AgentEvent {}

    record DomainObserved(DomainStatus status, Instant observedAt) implements AgentEvent {}

    record OperationChanged(OperationRecord operation) implements AgentEvent {}

    record MigrationProgressed(String migrationId, UUID vmId, MigrationStatistics statistics) implements AgentEvent {}

    record StatisticsSampled(HostSample sample) implements AgentEvent {}
}

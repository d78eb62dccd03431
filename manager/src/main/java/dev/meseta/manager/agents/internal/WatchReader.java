package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.HostStatistics;
import dev.meseta.manager.agents.MigrationProgressed;
import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.inventory.Observations.DomainState;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.proto.v1.DomainReport;
import dev.meseta.proto.v1.HostDescription;
import dev.meseta.proto.v1.WatchEvent;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes sense of one watch stream: collects snapshots, hands on changes. A resumed stream may nevertheless begin with a
 * snapshot (the agent had forgotten the token); that is recognised by the description of the host it begins with, or at
 * the latest by its end. Not thread-safe.
 */
final class WatchReader {

    private static final Logger LOG = LoggerFactory.getLogger(WatchReader.class);

    private final UUID hostId;
    private final Sink sink;
    private final InstantSource clock;
    private final Map<UUID, DomainObservation> collected = new LinkedHashMap<>();
    private final List<AgentOperation> operations = new ArrayList<>();

    private Mode mode;
    private @Nullable String agentInstanceId;

    /**
     * @param resumedInstance the agent's instance that the resume token is of; null when the stream is not resumed
     */
    WatchReader(UUID hostId, @Nullable String resumedInstance, Sink sink, InstantSource clock) {
        this.hostId = hostId;
        this.sink = sink;
        this.clock = clock;
        this.agentInstanceId = resumedInstance;
        this.mode = resumedInstance == null ? Mode.SNAPSHOT : Mode.RESUMED;
    }

    /**
     * Takes the next event.
     *
     * @throws ProtocolException when the agent breaks the contract; the stream is then worth nothing
     */
    void accept(WatchEvent event) {
        if (mode == Mode.RESUMED) {
            beginResumed(event);
        }
        switch (event.getEventCase()) {
            case HOST -> host(event.getHost(), event.getSequence());
            case DOMAIN -> domain(event.getDomain(), event.getSequence());
            case OPERATION -> operation(AgentMessages.operation(event.getOperation()));
            case MIGRATION_PROGRESS ->
                AgentMessages.progress(hostId, event.getMigrationProgress())
                        .ifPresentOrElse(
                                sink::migrationProgressed,
                                () -> LOG.warn("Host {} reported progress of a migration without ids", hostId));
            case SNAPSHOT_END -> snapshotEnd();
            case LOST_EVENTS -> {
                LOG.warn(
                        "The agent of host {} had to drop {} events",
                        hostId,
                        event.getLostEvents().getCount());
                begin(Mode.SNAPSHOT);
            }
            case STATISTICS -> statistics(event);
            case EVENT_NOT_SET -> LOG.debug("Host {} sent an event of a kind this manager does not know", hostId);
        }
    }

    /** Whether nothing is missing: a token of the last event is then a good place to resume. */
    boolean isComplete() {
        return mode == Mode.LIVE;
    }

    /** The instance events come from now; null before the host's first description. */
    @Nullable String agentInstanceId() {
        return agentInstanceId;
    }

    private void beginResumed(WatchEvent first) {
        if (!first.hasHost()) {
            if (first.hasLostEvents() || first.hasSnapshotEnd()) {
                begin(Mode.SNAPSHOT);
            } else {
                begin(Mode.LIVE);
                sink.live(List.of());
            }
        } else if (!first.getHost().getAgentInstanceId().equals(agentInstanceId)) {
            begin(Mode.SNAPSHOT);
        } else {
            // A change of the description, or a snapshot because the token was too old: the rest will tell.
            begin(Mode.UNDECIDED);
        }
    }

    private void begin(Mode next) {
        mode = next;
        collected.clear();
        operations.clear();
    }

    private void host(HostDescription description, long sequence) {
        if (!description.getHostId().equals(hostId.toString())) {
            throw new ProtocolException("it says it is host \"" + description.getHostId() + "\"");
        }
        if (description.getAgentInstanceId().isEmpty()) {
            throw new ProtocolException("it does not name its agent_instance_id");
        }
        agentInstanceId = description.getAgentInstanceId();
        sink.hostDescribed(AgentMessages.hostReport(description, sequence, clock.instant()));
    }

    private void domain(DomainReport report, long sequence) {
        String instance = agentInstanceId;
        if (instance == null) {
            throw new ProtocolException("it reported a domain before itself");
        }
        DomainObservation observation = AgentMessages.observation(report, instance, sequence, clock.instant())
                .orElse(null);
        if (observation == null) {
            LOG.warn(
                    "Host {} reported a domain that cannot be understood: id {}, state {}",
                    hostId,
                    report.getVmId(),
                    report.getState());
            return;
        }
        boolean gone = observation.state() == DomainState.GONE;
        if (gone) {
            collected.remove(observation.vmId());
        } else if (mode != Mode.LIVE) {
            collected.put(observation.vmId(), observation);
        }
        if (gone || mode != Mode.SNAPSHOT) {
            sink.domain(observation);
        }
    }

    private void operation(AgentOperation operation) {
        if (mode == Mode.SNAPSHOT) {
            // Whoever hears of an operation may look at the domains: they come first.
            operations.add(operation);
        } else {
            sink.operation(operation);
        }
    }

    private void snapshotEnd() {
        if (agentInstanceId == null) {
            throw new ProtocolException("its snapshot has no description of the host");
        }
        if (mode == Mode.LIVE) {
            throw new ProtocolException("it ended a snapshot it had not begun");
        }
        boolean wasUndecided = mode == Mode.UNDECIDED;
        List<DomainObservation> domains = List.copyOf(collected.values());
        List<AgentOperation> unfinished = List.copyOf(operations);
        begin(Mode.LIVE);
        sink.snapshot(domains);
        sink.live(wasUndecided ? List.of() : unfinished);
    }

    private void statistics(WatchEvent event) {
        if (mode == Mode.UNDECIDED) {
            // No snapshot has statistics in it: it was a change.
            begin(Mode.LIVE);
            sink.live(List.of());
        }
        var numbers = event.getStatistics();
        sink.statistics(new HostStatistics.Sample(
                numbers.hasSampledAt() ? AgentMessages.instant(numbers.getSampledAt()) : clock.instant(),
                numbers.getCpuUsagePercent(),
                numbers.getMemoryUsedBytes(),
                numbers.getMemoryAvailableBytes()));
    }

    private enum Mode {
        /** Resumed; nothing has come yet. */
        RESUMED,
        /** Resumed; a host description came first, which may be a change or a snapshot's beginning. */
        UNDECIDED,
        /** Collecting until the snapshot ends. */
        SNAPSHOT,
        /** Every event is a change to what is known. */
        LIVE
    }

    /** Where events go. */
    interface Sink {

        void hostDescribed(HostReport report);

        void domain(DomainObservation observation);

        void snapshot(List<DomainObservation> domains);

        void operation(AgentOperation operation);

        void migrationProgressed(MigrationProgressed progress);

        void statistics(HostStatistics.Sample sample);

        /**
         * What is known of the host is complete now; after lost events it is said again.
         *
         * @param unfinished operations of the snapshot
         */
        void live(List<AgentOperation> unfinished);
    }

    /** The agent broke the contract. */
    static final class ProtocolException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        ProtocolException(String what) {
            super("The agent breaks the contract: " + what);
        }
    }
}

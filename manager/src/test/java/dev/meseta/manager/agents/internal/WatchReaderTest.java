package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.HostStatistics;
import dev.meseta.manager.agents.MigrationProgressed;
import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.proto.v1.DomainReport;
import dev.meseta.proto.v1.DomainState;
import dev.meseta.proto.v1.OperationState;
import dev.meseta.proto.v1.WatchEvent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The ways a stream may begin, and what an agent may not do. */
@Tag("unit")
class WatchReaderTest {

    private static final UUID HOST = UUID.fromString("00000000-0000-7000-8000-0000000000a1");
    private static final UUID VM = UUID.fromString("00000000-0000-7000-8000-0000000000b1");

    private final Log log = new Log();

    private WatchReader fresh() {
        return new WatchReader(HOST, null, log, () -> Instant.EPOCH);
    }

    private WatchReader resumed() {
        return new WatchReader(HOST, "i1", log, () -> Instant.EPOCH);
    }

    @Test
    void aResumedStreamMayGoOnWithAnything() {
        WatchReader reader = resumed();
        assertThat(reader.isComplete()).isFalse();
        reader.accept(WatchEvents.operation("o", OperationState.OPERATION_STATE_SUCCEEDED)
                .build());

        assertThat(log.lines).containsExactly("live []", "operation o");
        assertThat(reader.isComplete()).isTrue();
    }

    @Test
    void aResumedStreamMayGoOnWithAChangeOfTheHost() {
        WatchReader reader = resumed();
        reader.accept(WatchEvents.host(HOST, "i1").build());
        reader.accept(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING).build());
        assertThat(reader.isComplete()).isFalse();
        reader.accept(WatchEvents.statistics().build());

        assertThat(log.lines).containsExactly("host i1", "domain RUNNING", "live []", "statistics");
        assertThat(reader.isComplete()).isTrue();
    }

    @Test
    void aResumedStreamMayBeginWithASnapshotOfTheSameInstance() {
        WatchReader reader = resumed();
        reader.accept(WatchEvents.host(HOST, "i1").build());
        reader.accept(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING).build());
        reader.accept(WatchEvents.operation("o", OperationState.OPERATION_STATE_RUNNING)
                .build());
        reader.accept(WatchEvents.snapshotEnd().build());

        assertThat(log.lines)
                .containsExactly("host i1", "domain RUNNING", "operation o", "snapshot [RUNNING]", "live []");
    }

    @Test
    void aResumedStreamMayBeginWithASnapshotOfANewInstance() {
        WatchReader reader = resumed();
        reader.accept(WatchEvents.host(HOST, "i2").build());
        reader.accept(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING).build());
        reader.accept(WatchEvents.operation("o", OperationState.OPERATION_STATE_RUNNING)
                .build());
        reader.accept(WatchEvents.snapshotEnd().build());

        assertThat(log.lines).containsExactly("host i2", "snapshot [RUNNING]", "live [o]");
    }

    @Test
    void aResumedStreamMayBeginWithLostEvents() {
        WatchReader reader = resumed();
        reader.accept(WatchEvents.lost(3).build());
        reader.accept(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_PAUSED).build());
        reader.accept(WatchEvents.snapshotEnd().build());

        assertThat(log.lines).containsExactly("snapshot [PAUSED]", "live []");
    }

    @Test
    void aDomainThatGoesWhileTheSnapshotIsTakenIsNotInIt() {
        WatchReader reader = fresh();
        reader.accept(WatchEvents.host(HOST, "i1").build());
        reader.accept(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING).build());
        reader.accept(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_GONE).build());
        reader.accept(WatchEvents.snapshotEnd().build());

        assertThat(log.lines).containsExactly("host i1", "domain GONE", "snapshot []", "live []");
    }

    @Test
    void whatCannotBeUnderstoodIsPassedOver() {
        WatchReader reader = fresh();
        reader.accept(WatchEvents.host(HOST, "i1").build());
        reader.accept(WatchEvent.newBuilder()
                .setDomain(DomainReport.newBuilder().setVmId("not an id").setState(DomainState.DOMAIN_STATE_RUNNING))
                .build());
        reader.accept(
                WatchEvents.domain(VM, DomainState.DOMAIN_STATE_UNSPECIFIED).build());
        reader.accept(WatchEvent.getDefaultInstance());
        reader.accept(WatchEvents.snapshotEnd().build());

        assertThat(log.lines).containsExactly("host i1", "snapshot []", "live []");
    }

    @Test
    void brokenStreamsAreRefused() {
        assertThatThrownBy(() -> fresh().accept(WatchEvents.domain(VM, DomainState.DOMAIN_STATE_RUNNING)
                        .build()))
                .isInstanceOf(WatchReader.ProtocolException.class);
        assertThatThrownBy(() -> fresh().accept(WatchEvents.snapshotEnd().build()))
                .isInstanceOf(WatchReader.ProtocolException.class);
        assertThatThrownBy(() -> fresh().accept(WatchEvents.host(VM, "i1").build()))
                .isInstanceOf(WatchReader.ProtocolException.class);
        assertThatThrownBy(() -> fresh().accept(WatchEvents.host(HOST, "").build()))
                .isInstanceOf(WatchReader.ProtocolException.class);
        WatchReader live = resumed();
        live.accept(WatchEvents.statistics().build());
        assertThatThrownBy(() -> live.accept(WatchEvents.snapshotEnd().build()))
                .isInstanceOf(WatchReader.ProtocolException.class);
        assertThat(log.lines).containsExactly("live []", "statistics");
    }

    private static final class Log implements WatchReader.Sink {

        private final List<String> lines = new ArrayList<>();

        @Override
        public void hostDescribed(HostReport report) {
            lines.add("host " + report.agentInstanceId());
        }

        @Override
        public void domain(DomainObservation observation) {
            lines.add("domain " + observation.state());
        }

        @Override
        public void snapshot(List<DomainObservation> domains) {
            lines.add(
                    "snapshot " + domains.stream().map(DomainObservation::state).toList());
        }

        @Override
        public void operation(AgentOperation operation) {
            lines.add("operation " + operation.operationId());
        }

        @Override
        public void migrationProgressed(MigrationProgressed progress) {
            lines.add("progress");
        }

        @Override
        public void statistics(HostStatistics.Sample sample) {
            lines.add("statistics");
        }

        @Override
        public void live(List<AgentOperation> unfinished) {
            lines.add("live "
                    + unfinished.stream().map(AgentOperation::operationId).toList());
        }
    }
}

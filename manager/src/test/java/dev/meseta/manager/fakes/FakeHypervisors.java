package dev.meseta.manager.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.agents.HostAgents.DomainOnHost;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Hosts behind {@link FakeHostAgents}: a journal by operation id that outlives the agent, operations that run until a test
 * ends them, and hypervisors that go on while their agent is dead.
 */
public abstract class FakeHypervisors {

    /** Kinds whose operations end at once and well; the others run until a test ends them. */
    public final List<String> immediate = new ArrayList<>();

    /** Image files in the storage that all hosts share. */
    public final Set<UUID> images = new HashSet<>();

    private final FakeRows rows;
    private final Map<UUID, FakeHost> hosts = new HashMap<>();
    private final Deque<Fault> faults = new ArrayDeque<>();
    private final List<String> calls = new ArrayList<>();
    private OperationListener listener = (host, operation) -> {};
    private BiConsumer<UUID, UUID> watch = (host, vm) -> {};
    private OperationListener beginning = (host, operation) -> {};

    FakeHypervisors(FakeRows rows) {
        this.rows = rows;
    }

    /** Told of operations, as the watch of a host tells. */
    @FunctionalInterface
    public interface OperationListener {
        void changed(UUID hostId, AgentOperation operation);
    }

    public void listener(OperationListener told) {
        listener = told;
    }

    /** Told of every operation that now runs until somebody ends it. */
    public void whenBegun(OperationListener told) {
        beginning = told;
    }

    /** Told of every domain, by host and VM, that an operation has changed, or that a host that returns may have lost. */
    public void whenDomainsChange(BiConsumer<UUID, UUID> told) {
        watch = told;
    }

    public synchronized FakeHost host(UUID hostId) {
        return hosts.computeIfAbsent(hostId, id -> new FakeHost());
    }

    /** One host: what its hypervisor has, and what its agent wrote down. */
    public static final class FakeHost {
        public boolean reachable = true;
        /** Calls take effect, but their answers are lost. */
        public boolean answersLost;

        public final Map<UUID, DomainOnHost> domains = new LinkedHashMap<>();
        public final Map<UUID, UUID> volumes = new LinkedHashMap<>();
        public final Map<UUID, UUID> preparedMigrations = new LinkedHashMap<>();
        final Map<String, Work> journal = new LinkedHashMap<>();

        public boolean runs(UUID vmId) {
            DomainOnHost domain = domains.get(vmId);
            return domain != null
                    && (domain.state().equals("RUNNING") || domain.state().equals("PAUSED"));
        }
    }

    record Work(AgentOperation operation, UUID vmOrVolume, Runnable effect) {}

    private record Fault(String kind, State state, @Nullable ErrorCode code) {}

    /** The next operation of a kind ends at once like this. */
    public void nextEnds(String kind, State state, @Nullable ErrorCode code) {
        faults.add(new Fault(kind, state, code));
    }

    /** Ends that were set and have not come to pass will not. */
    public void clearFaults() {
        faults.clear();
    }

    /** Calls that arrived, as "host kind". */
    public List<String> calls() {
        return calls;
    }

    /** Ends one running operation well. */
    public synchronized void finishOne(UUID hostId, String operationId) {
        Work work = host(hostId).journal.get(operationId);
        if (work != null && work.operation().state() == State.RUNNING) {
            endOne(hostId, work, State.SUCCEEDED, null);
        }
    }

    private void changed(UUID hostId, String kind, UUID vmId) {
        if (kind.startsWith("domain.") || kind.equals("migration.start")) {
            watch.accept(hostId, vmId);
        }
    }

    private void snapshot(UUID hostId) {
        rows.vms.keySet().forEach(vmId -> watch.accept(hostId, vmId));
    }

    /** Ends the operation well that has been running longest on any host; false when none is. */
    public synchronized boolean finishAny() {
        for (Map.Entry<UUID, FakeHost> entry : hosts.entrySet()) {
            for (Work work : List.copyOf(entry.getValue().journal.values())) {
                if (work.operation().state() == State.RUNNING) {
                    endOne(entry.getKey(), work, State.SUCCEEDED, null);
                    return true;
                }
            }
        }
        return false;
    }

    /** Ends every running operation of a kind well. */
    public void finish(String kind) {
        assertThat(end(kind, State.SUCCEEDED, null)).as("running %s", kind).isTrue();
    }

    public void fail(String kind, ErrorCode code) {
        assertThat(end(kind, State.FAILED, code)).as("running %s", kind).isTrue();
    }

    public boolean isRunning(String kind) {
        return hosts.values().stream()
                .flatMap(host -> host.journal.values().stream())
                .anyMatch(work ->
                        work.operation().kind().equals(kind) && work.operation().state() == State.RUNNING);
    }

    /** State of the latest operation of a kind; null when there was none. */
    public @Nullable State stateOf(String kind) {
        return hosts.values().stream()
                .flatMap(host -> host.journal.values().stream())
                .map(Work::operation)
                .filter(operation -> operation.kind().equals(kind))
                .map(AgentOperation::state)
                .reduce((earlier, later) -> later)
                .orElse(null);
    }

    private synchronized boolean end(String kind, State state, @Nullable ErrorCode code) {
        boolean any = false;
        for (Map.Entry<UUID, FakeHost> entry : hosts.entrySet()) {
            for (Work work : List.copyOf(entry.getValue().journal.values())) {
                if (work.operation().kind().equals(kind) && work.operation().state() == State.RUNNING) {
                    endOne(entry.getKey(), work, state, code);
                    any = true;
                }
            }
        }
        return any;
    }

    final AgentOperation endOne(UUID hostId, Work work, State state, @Nullable ErrorCode code) {
        FakeHost host = host(hostId);
        if (state == State.SUCCEEDED) {
            work.effect().run();
            changed(hostId, work.operation().kind(), work.vmOrVolume());
        }
        AgentOperation ended = with(work.operation(), state, code);
        host.journal.put(ended.operationId(), new Work(ended, work.vmOrVolume(), work.effect()));
        if (host.reachable) {
            listener.changed(hostId, ended);
        }
        return ended;
    }

    /** The agent is killed; its hypervisor goes on. */
    public void agentDies(UUID hostId) {
        host(hostId).reachable = false;
    }

    /** The agent starts again: what was running in its journal, it can tell nothing about. */
    public void agentReturns(UUID hostId) {
        FakeHost host = host(hostId);
        host.reachable = true;
        host.journal.replaceAll((id, work) -> work.operation().state() == State.RUNNING
                ? new Work(with(work.operation(), State.OUTCOME_UNKNOWN, null), work.vmOrVolume(), work.effect())
                : work);
        snapshot(hostId);
    }

    /** The network comes back; the agent has been there all the time. */
    public void networkReturns(UUID hostId) {
        host(hostId).reachable = true;
        snapshot(hostId);
    }

    public void forgetJournal(UUID hostId) {
        host(hostId).journal.clear();
    }

    public void domain(UUID hostId, UUID vmId, String state, String reason) {
        host(hostId).domains.put(vmId, new DomainOnHost(vmId, state, reason));
    }

    /** What the hypervisors do by themselves at the end of a copying. */
    public void guestSwitches(UUID vmId, UUID source, UUID target) {
        assertThat(host(target).domains.get(vmId)).as("incoming domain").isNotNull();
        host(source).domains.remove(vmId);
        domain(target, vmId, "RUNNING", "");
        watch.accept(target, vmId);
    }

    public void guestStays(UUID vmId, UUID target) {
        DomainOnHost there = host(target).domains.get(vmId);
        if (there != null && there.state().equals("INCOMING")) {
            host(target).domains.remove(vmId);
        }
    }

    /** State of a domain that is there. */
    public synchronized String stateOn(UUID hostId, UUID vmId) {
        return Objects.requireNonNull(host(hostId).domains.get(vmId)).state();
    }

    /** Hosts on which the guest runs now. */
    public synchronized List<UUID> hostsRunning(UUID vmId) {
        return hosts.entrySet().stream()
                .filter(entry -> entry.getValue().runs(vmId))
                .map(Map.Entry::getKey)
                .toList();
    }

    /** The copying that was asked to stop has stopped. */
    public void copyingStops(UUID vmId, UUID target) {
        guestStays(vmId, target);
        assertThat(end("migration.start", State.CANCELLED, ErrorCode.MIGRATION_CANCELLED))
                .as("running copying")
                .isTrue();
    }

    // --- how an agent takes work in

    final synchronized AgentOperation work(UUID hostId, AgentCall call, String kind, UUID target, Runnable effect) {
        FakeHost host = reached(hostId);
        Work known = host.journal.get(call.operationId());
        AgentOperation answer;
        if (known != null) {
            answer = known.operation();
        } else {
            called(kind);
            answer = begin(hostId, call.operationId(), kind, target, effect);
        }
        if (host.answersLost) {
            throw unreachable();
        }
        return answer;
    }

    private AgentOperation begin(UUID hostId, String operationId, String kind, UUID target, Runnable effect) {
        FakeHost host = host(hostId);
        AgentOperation running = new AgentOperation(
                operationId,
                kind,
                target.toString(),
                State.RUNNING,
                null,
                "",
                kind.equals("volume.ensure") || kind.equals("image.ensure")
                        ? new AgentOperation.Volume("/storage/" + target, FakeStorage.IMAGE_SIZE, 1)
                        : null,
                kind.equals("migration.prepare-target")
                        ? new AgentOperation.MigrationTarget("tcp://10.0.0.2:49152", "10.0.0.2:7443")
                        : null,
                kind.equals("migration.start") ? new AgentOperation.Migration(1_600, 80, 300L << 20, 3, false) : null);
        Work work = new Work(running, target, effect);
        host.journal.put(operationId, work);
        Fault fault = faults.peekFirst();
        if (fault != null && fault.kind().equals(kind)) {
            faults.removeFirst();
            AgentOperation ended = with(running, fault.state(), fault.code());
            host.journal.put(operationId, new Work(ended, target, effect));
            return ended;
        }
        if (immediate.contains(kind)) {
            effect.run();
            changed(hostId, kind, target);
            AgentOperation ended = with(running, State.SUCCEEDED, null);
            host.journal.put(operationId, new Work(ended, target, effect));
            return ended;
        }
        beginning.changed(hostId, running);
        return running;
    }

    final void called(String kind) {
        calls.add(kind);
    }

    /** Whether the next operation of a kind ends in a way that a test has set. */
    final boolean nextEndIsSet(String kind) {
        return faults.stream().anyMatch(fault -> fault.kind().equals(kind));
    }

    final void removeVolume(UUID diskId) {
        hosts.values().forEach(host -> host.volumes.remove(diskId));
    }

    final boolean volumeExists(UUID diskId) {
        return hosts.values().stream().anyMatch(host -> host.volumes.containsKey(diskId));
    }

    final FakeHost reached(UUID hostId) {
        assertThat(rows.inTransaction())
                .as("an agent is called inside a transaction")
                .isFalse();
        assertThat(TransactionSynchronizationManager.isActualTransactionActive())
                .as("an agent is called inside a transaction of the database")
                .isFalse();
        FakeHost host = host(hostId);
        if (!host.reachable) {
            throw unreachable();
        }
        return host;
    }

    private static MesetaException unreachable() {
        return new MesetaException(ErrorCode.HOST_UNREACHABLE, "The host gives no answer.");
    }

    private static AgentOperation with(AgentOperation operation, State state, @Nullable ErrorCode code) {
        return new AgentOperation(
                operation.operationId(),
                operation.kind(),
                operation.targetId(),
                state,
                code,
                code == null ? "" : "as the test wants",
                operation.volume(),
                operation.migrationTarget(),
                operation.migration());
    }
}

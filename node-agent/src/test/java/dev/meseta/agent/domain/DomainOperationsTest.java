package dev.meseta.agent.domain;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.network.OverlayNetworks;
import dev.meseta.agent.operations.FencingEpoch;
import dev.meseta.agent.operations.OperationBody;
import dev.meseta.agent.operations.OperationControl;
import dev.meseta.agent.operations.OperationJournal;
import dev.meseta.agent.operations.OperationKind;
import dev.meseta.agent.operations.OperationRecord;
import dev.meseta.agent.operations.OperationRequest;
import dev.meseta.agent.operations.Operations;
import dev.meseta.agent.storage.Seeds;
import dev.meseta.agent.storage.SharedDirectories;
import dev.meseta.agent.system.FileOwner;
import dev.meseta.agent.testing.FakeHypervisor;
import dev.meseta.agent.testing.NoCommands;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class DomainOperationsTest {

    @TempDir
    private Path directory;

    private final UUID vmId = UUID.randomUUID();
    private final FakeHypervisor hypervisor = new FakeHypervisor();
    private final DomainEvents events = new DomainEvents(event -> {});
    private final ExecutorService executor = Executors.newCachedThreadPool();

    @BeforeEach
    void subscribe() {
        var unused = hypervisor.subscribe(events);
    }

    @AfterEach
    void tearDown() {
        executor.shutdownNow();
    }

    private DomainOperations operations() {
        SharedDirectories directories = SharedDirectories.open(directory.resolve("storage-domains"));
        NoCommands commands = new NoCommands();
        return new DomainOperations(
                hypervisor,
                new DomainMapping(directories, new OverlayNetworks(commands, "127.0.0.1")),
                new Seeds(directories, commands, FileOwner.unchanged(), directory),
                events,
                InstantSource.system());
    }

    private DomainSpecification specification(
            List<DomainSpecification.Disk> disks, List<DomainSpecification.Nic> nics) {
        return new DomainSpecification(
                vmId, "vm", 1, 1 << 28, Firmware.BIOS, Optional.empty(), disks, nics, Optional.empty(), 1);
    }

    /** Runs as an operation, with a deadline, and answers how it ended. */
    private OperationRecord run(Duration patience, OperationBody body) throws Exception {
        CompletableFuture<OperationRecord> end = new CompletableFuture<>();
        Path state = directory.resolve(UUID.randomUUID().toString());
        try (OperationJournal journal =
                OperationJournal.open(state, InstantSource.system(), OperationJournal.Retention.DEFAULT)) {
            OperationRecord unused = new Operations(
                            journal,
                            FencingEpoch.open(directory.resolve("epoch")),
                            InstantSource.system(),
                            executor,
                            operation -> {
                                if (!operation.unfinished()) {
                                    end.complete(operation);
                                }
                            })
                    .submit(
                            new OperationRequest(
                                    "a", 1, Optional.of(Instant.now().plus(patience)), "", "", Duration.ZERO),
                            OperationKind.DOMAIN_ENSURE_STOPPED,
                            vmId.toString(),
                            body);
            return end.get(30, TimeUnit.SECONDS);
        }
    }

    private OperationRecord stop(Duration patience, boolean forced) throws Exception {
        DomainOperations operations = operations();
        return run(patience, control -> operations.ensureStopped(vmId, forced, control));
    }

    @Test
    void whatRunsIsLeftAsItIs() {
        DomainOperations operations = operations();
        operations.ensureRunning(specification(List.of(), List.of()), OperationControl.unattended());
        assertThat(hypervisor.domain(vmId)).isPresent();
        operations.ensureRunning(specification(List.of(), List.of()), OperationControl.unattended());
        assertThat(hypervisor.domains()).hasSize(1);
    }

    @Test
    void whatIsNotReadyHereIsNamedAndNothingStarts() {
        DomainSpecification.Disk disk = new DomainSpecification.Disk(UUID.randomUUID(), UUID.randomUUID(), 0);
        failsWith(AgentErrorCode.STORAGE_UNAVAILABLE, specification(List.of(disk), List.of()));
        DomainSpecification.Nic nic =
                new DomainSpecification.Nic(UUID.randomUUID(), UUID.randomUUID(), "52:54:00:00:00:01");
        failsWith(AgentErrorCode.NOT_FOUND, specification(List.of(), List.of(nic)));
        assertThat(hypervisor.domains()).isEmpty();
    }

    @Test
    void whatArrivesAndWhatIsForeignIsNotTouched() throws Exception {
        hypervisor.put(vmId, DomainState.INCOMING, false);
        failsWith(AgentErrorCode.DOMAIN_EXISTS, specification(List.of(), List.of()));
        hypervisor.put(vmId, DomainState.RUNNING, true);
        failsWith(AgentErrorCode.DOMAIN_EXISTS, specification(List.of(), List.of()));
        assertThat(code(stop(Duration.ofSeconds(20), true))).isEqualTo(AgentErrorCode.DOMAIN_EXISTS);
        assertThat(hypervisor.domain(vmId)).isPresent();
    }

    @Test
    void aGuestThatObeysIsStoppedAndOneThatIsGoneToo() throws Exception {
        hypervisor.put(vmId, DomainState.RUNNING, false);
        assertThat(stop(Duration.ofSeconds(20), false).state()).isEqualTo(OperationRecord.State.SUCCEEDED);
        assertThat(hypervisor.powerButtonPresses()).isEqualTo(1);
        assertThat(stop(Duration.ofSeconds(20), false).state()).isEqualTo(OperationRecord.State.SUCCEEDED);
    }

    @Test
    void aGuestThatDoesNotObeyRunsOn() throws Exception {
        hypervisor.put(vmId, DomainState.RUNNING, false);
        hypervisor.obeysAfter(0);
        assertThat(code(stop(Duration.ofMillis(300), false))).isEqualTo(AgentErrorCode.GUEST_DID_NOT_STOP);
        assertThat(hypervisor.domain(vmId)).isPresent();
        assertThat(stop(Duration.ofSeconds(20), true).state()).isEqualTo(OperationRecord.State.SUCCEEDED);
        assertThat(hypervisor.domain(vmId)).isEmpty();
    }

    @Test
    void theButtonIsPressedAgain() throws Exception {
        hypervisor.put(vmId, DomainState.RUNNING, false);
        hypervisor.obeysAfter(2);
        assertThat(stop(Duration.ofSeconds(20), false).state()).isEqualTo(OperationRecord.State.SUCCEEDED);
        assertThat(hypervisor.powerButtonPresses()).isEqualTo(2);
    }

    @Test
    void aStartWaitsForTheOneThatIsShuttingDown() throws Exception {
        hypervisor.put(vmId, DomainState.SHUTTING_DOWN, false);
        DomainOperations operations = operations();
        CompletableFuture<OperationRecord> end = CompletableFuture.supplyAsync(
                () -> {
                    try {
                        return run(
                                Duration.ofSeconds(20),
                                control -> operations.ensureRunning(specification(List.of(), List.of()), control));
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                },
                executor);
        hypervisor.remove(vmId, DomainReason.GUEST_SHUTDOWN);
        assertThat(end.get(20, TimeUnit.SECONDS).state()).isEqualTo(OperationRecord.State.SUCCEEDED);
        assertThat(hypervisor.domain(vmId).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void pauseAndResumeAreIdempotent() {
        DomainOperations operations = operations();
        assertThatThrownBy(() -> operations.ensurePaused(vmId, true))
                .isInstanceOfSatisfying(
                        AgentException.class, e -> assertThat(e.code()).isEqualTo(AgentErrorCode.VM_NOT_RUNNING));
        hypervisor.put(vmId, DomainState.RUNNING, false);
        operations.ensurePaused(vmId, true);
        operations.ensurePaused(vmId, true);
        assertThat(operations.get(vmId).state()).isEqualTo(DomainState.PAUSED);
        operations.ensurePaused(vmId, false);
        operations.ensurePaused(vmId, false);
        assertThat(operations.get(vmId).state()).isEqualTo(DomainState.RUNNING);
    }

    private void failsWith(AgentErrorCode code, DomainSpecification specification) {
        assertThatThrownBy(() -> operations().ensureRunning(specification, OperationControl.unattended()))
                .isInstanceOfSatisfying(
                        AgentException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static AgentErrorCode code(OperationRecord operation) {
        return operation.failure().orElseThrow().code();
    }
}

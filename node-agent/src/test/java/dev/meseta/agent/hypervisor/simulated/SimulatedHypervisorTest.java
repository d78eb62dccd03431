package dev.meseta.agent.hypervisor.simulated;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.meseta.agent.hypervisor.Await;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.EventRecorder;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationRequest;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Time stands still here unless a test moves it. */
@Tag("unit")
final class SimulatedHypervisorTest {

    private static final long MEBIBYTE = 1L << 20;
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

    private final VirtualClock clock = new VirtualClock(START);
    private final SimulatedFabric fabric = new SimulatedFabric(clock, 42);
    private final SimulatedHypervisor source = fabric.addHost(host("source", "10.0.0.1"));
    private final SimulatedHypervisor target = fabric.addHost(host("target", "10.0.0.2"));

    @AfterEach
    void close() {
        fabric.close();
    }

    @Test
    void timeMovesOnlyWhenTold() {
        List<String> happened = new ArrayList<>();
        var unused = clock.schedule(Duration.ofSeconds(2), () -> happened.add("later"));
        var first = clock.schedule(Duration.ofSeconds(1), () -> {
            happened.add("sooner at " + Duration.between(START, clock.instant()));
            var nested = clock.schedule(Duration.ofMillis(500), () -> happened.add("nested"));
            assertThat(nested).isNotNull();
        });
        clock.schedule(Duration.ofSeconds(1), () -> happened.add("never")).cancel();

        assertThat(happened).isEmpty();
        clock.advance(Duration.ofSeconds(3));

        assertThat(first).isNotNull();
        assertThat(happened).containsExactly("sooner at PT1S", "nested", "later");
        assertThat(clock.instant()).isEqualTo(START.plusSeconds(3));
        assertThatIllegalArgumentException().isThrownBy(() -> clock.advance(Duration.ofMillis(-1)));
    }

    @Test
    void theSameSeedGivesTheSameMigration() throws Exception {
        assertThat(migrationIn(new SimulatedFabric(new VirtualClock(START), 7)))
                .isEqualTo(migrationIn(new SimulatedFabric(new VirtualClock(START), 7)));
    }

    @Test
    void memoryDecidesHowLongAMigrationTakes() throws Exception {
        DomainDefinition definition = start(1000 * MEBIBYTE, new GuestBehaviour(0, 0, Duration.ZERO, true));
        CompletableFuture<MigrationOutcome> migration = migrate(definition, false);

        clock.advance(Duration.ofSeconds(5));
        MigrationStatistics halfway =
                source.migrationProgress(definition.vmId()).orElseThrow();
        assertThat(halfway.elapsedMs()).isEqualTo(5_000);
        assertThat(halfway.memoryRemainingBytes()).isEqualTo(500 * MEBIBYTE);
        clock.advance(Duration.ofSeconds(6));

        MigrationOutcome outcome = migration.get(10, TimeUnit.SECONDS);
        assertThat(outcome.totalMs()).isEqualTo(10_010);
        assertThat(outcome.downtimeMs()).isEqualTo(10);
        assertThat(outcome.transferredBytes()).isEqualTo(1000 * MEBIBYTE);
        assertThat(outcome.iterations()).isEqualTo(1);
    }

    @Test
    void aGuestThatWritesTooFastNeverConvergesByItself() throws Exception {
        GuestBehaviour writer = new GuestBehaviour(400 * MEBIBYTE, 500 * MEBIBYTE, Duration.ZERO, true);
        DomainDefinition definition = start(1000 * MEBIBYTE, writer);
        CompletableFuture<MigrationOutcome> migration = migrate(definition, false);
        clock.advance(Duration.ofMinutes(10));
        assertThat(migration).isNotDone();
        source.cancelMigration(definition.vmId());
        assertCode(Code.MIGRATION_CANCELLED, migration);

        CompletableFuture<MigrationOutcome> throttled = migrate(definition, true);
        clock.advance(Duration.ofMinutes(10));

        assertThat(throttled.get(10, TimeUnit.SECONDS).iterations()).isGreaterThan(3);
    }

    @Test
    void everyRunOfAGuestIsRecordedAndAMigrationNeverMakesTwo() throws Exception {
        DomainDefinition definition = start(100 * MEBIBYTE, new GuestBehaviour(0, 0, Duration.ZERO, true));
        fabric.recordRuns();
        CompletableFuture<MigrationOutcome> migration = migrate(definition, false);
        clock.advance(Duration.ofSeconds(10));
        assertThat(migration.get(10, TimeUnit.SECONDS)).isNotNull();
        target.reboot(definition.vmId(), true);
        target.powerOff();

        List<RunRecord.Run> runs = fabric.runs();

        assertThat(runs).extracting(RunRecord.Run::host).containsExactly("source", "target");
        assertThat(runs.getLast().beginNanos())
                .isGreaterThanOrEqualTo(runs.getFirst().endNanos().orElseThrow());
        assertThat(runs.getLast().endNanos()).isPresent();
        assertThat(fabric.resets()).extracting(RunRecord.Reset::host).containsExactly("target");
    }

    @Test
    void aBrokenMigrationLeavesTheDomainAtItsSource() {
        DomainDefinition definition = start(100 * MEBIBYTE, new GuestBehaviour(0, 0, Duration.ZERO, true));
        source.faults().next(SimulatedOperation.MIGRATE, new Fault.BreakMigration(50));
        CompletableFuture<MigrationOutcome> migration = migrate(definition, false);

        clock.advance(Duration.ofSeconds(10));

        assertCode(Code.MIGRATION_FAILED, migration);
        assertThat(source.domain(definition.vmId()).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(target.domains()).isEmpty();
    }

    @Test
    void aHostThatLosesPowerTakesItsDomainsAlong() {
        EventRecorder events = new EventRecorder();
        var subscription = source.subscribe(events);
        DomainDefinition definition = start(MEBIBYTE, new GuestBehaviour(0, 0, Duration.ZERO, true));
        events.await(definition.vmId(), DomainState.RUNNING);
        String bootId = source.facts().bootId();

        source.powerOff();
        assertFails(Code.HYPERVISOR_UNAVAILABLE, source::domains);
        assertFails(Code.HYPERVISOR_UNAVAILABLE, () -> source.start(definition));
        assertThat(events.of(definition.vmId())).hasSize(1);
        source.powerOn();

        assertThat(source.domains()).isEmpty();
        assertThat(source.facts().bootId()).isNotEqualTo(bootId);
        assertThat(events.await(definition.vmId(), DomainState.GONE).reason()).isEqualTo(DomainReason.CRASHED);
        subscription.close();
    }

    @Test
    void losingTheTargetDuringPostCopyLosesTheGuest() {
        GuestBehaviour writer = new GuestBehaviour(400 * MEBIBYTE, 500 * MEBIBYTE, Duration.ZERO, true);
        DomainDefinition definition = start(1000 * MEBIBYTE, writer);
        CompletableFuture<MigrationOutcome> migration = migrate(definition, false);
        clock.advance(Duration.ofSeconds(1));
        source.switchToPostCopy(definition.vmId());
        assertThat(target.domain(definition.vmId()).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertFails(Code.NOT_SUPPORTED, () -> source.cancelMigration(definition.vmId()));

        target.powerOff();

        assertCode(Code.OUTCOME_UNKNOWN, migration);
        assertThat(source.domain(definition.vmId()).orElseThrow().reason()).isEqualTo(DomainReason.POST_COPY_FAILED);
    }

    @Test
    void faultsHitTheCallTheyArePlannedFor() {
        DomainDefinition definition = definition(MEBIBYTE);
        source.faults()
                .next(SimulatedOperation.START, new Fault.Fail(Code.DOMAIN_START_FAILED))
                .next(SimulatedOperation.START, new Fault.OutcomeUnknown(false))
                .next(SimulatedOperation.START, new Fault.OutcomeUnknown(true));

        assertFails(Code.DOMAIN_START_FAILED, () -> source.start(definition));
        assertFails(Code.OUTCOME_UNKNOWN, () -> source.start(definition));
        assertThat(source.domains()).isEmpty();
        assertFails(Code.OUTCOME_UNKNOWN, () -> source.start(definition));
        assertThat(source.domains()).hasSize(1);
        assertFails(Code.DOMAIN_EXISTS, () -> source.start(definition));

        source.faults().sometimes(SimulatedOperation.LIST, 1, new Fault.Fail(Code.HYPERVISOR_ERROR));
        assertFails(Code.HYPERVISOR_ERROR, source::domains);
        source.faults().clear();
        assertThat(source.domains()).hasSize(1);
    }

    @Test
    void aDelayedCallTakesVirtualTimeAndAHungOneItsRelease() throws Exception {
        source.faults()
                .next(SimulatedOperation.START, new Fault.Delay(Duration.ofHours(1)))
                .next(SimulatedOperation.SUSPEND, new Fault.Hang());
        DomainDefinition definition = definition(MEBIBYTE);

        CompletableFuture<Void> delayed = CompletableFuture.runAsync(() -> source.start(definition));
        Await.until("the call is delayed", () -> {
            clock.advance(Duration.ofMinutes(1));
            return delayed.isDone();
        });
        delayed.get(10, TimeUnit.SECONDS);
        assertThat(clock.instant()).isAfterOrEqualTo(START.plus(Duration.ofHours(1)));

        CompletableFuture<Void> hung = CompletableFuture.runAsync(() -> source.suspend(definition.vmId()));
        Await.until("the call was released", () -> {
            source.faults().releaseHung();
            return hung.isDone();
        });
        assertThat(source.domain(definition.vmId()).orElseThrow().state()).isEqualTo(DomainState.PAUSED);
    }

    @Test
    void aHostHasOnlySoMuchMemory() {
        assertFails(Code.DOMAIN_START_FAILED, () -> source.start(definition(5000 * MEBIBYTE)));
        assertThatIllegalArgumentException().isThrownBy(() -> fabric.addHost(host("third", "10.0.0.1")));
    }

    private static MigrationOutcome migrationIn(SimulatedFabric own) throws Exception {
        try (own) {
            SimulatedHypervisor from = own.addHost(host("from", "10.0.0.1"));
            SimulatedHypervisor unused = own.addHost(host("to", "10.0.0.2"));
            DomainDefinition definition = definition(1000 * MEBIBYTE);
            from.start(definition);
            CompletableFuture<MigrationOutcome> migration =
                    CompletableFuture.supplyAsync(() -> from.migrate(request(definition, false)));
            Await.until(
                    "migration begins",
                    () -> from.migrationProgress(definition.vmId()).isPresent());
            own.clock().advance(Duration.ofMinutes(1));
            return migration.get(10, TimeUnit.SECONDS);
        }
    }

    private DomainDefinition start(long memoryBytes, GuestBehaviour behaviour) {
        DomainDefinition definition = definition(memoryBytes);
        source.start(definition);
        source.setBehaviour(definition.vmId(), behaviour);
        return definition;
    }

    private CompletableFuture<MigrationOutcome> migrate(DomainDefinition definition, boolean autoConverge) {
        CompletableFuture<MigrationOutcome> migration =
                CompletableFuture.supplyAsync(() -> source.migrate(request(definition, autoConverge)));
        Await.until(
                "migration begins",
                () -> source.migrationProgress(definition.vmId()).isPresent());
        return migration;
    }

    private static MigrationRequest request(DomainDefinition definition, boolean autoConverge) {
        return new MigrationRequest(
                definition, Path.of("/unused.sock"), "tcp://10.0.0.2", true, 0, 0, autoConverge, true);
    }

    private static SimulatedHost host(String name, String address) {
        return new SimulatedHost(name, address, 4, 4000 * MEBIBYTE, 100 * MEBIBYTE);
    }

    private static DomainDefinition definition(long memoryBytes) {
        return new DomainDefinition(
                UUID.randomUUID(),
                "vm",
                1,
                memoryBytes,
                Firmware.BIOS,
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                1);
    }

    private static void assertCode(Code code, CompletableFuture<MigrationOutcome> migration) {
        try {
            throw new AssertionError("migration succeeded: " + migration.get(10, TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertThat(e.getCause())
                    .isInstanceOfSatisfying(
                            HypervisorException.class,
                            failure -> assertThat(failure.code()).isEqualTo(code));
        } catch (InterruptedException | TimeoutException e) {
            throw new AssertionError("migration did not end", e);
        }
    }

    private static void assertFails(Code code, ThrowingCallable call) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call)
                .extracting(HypervisorException::code)
                .isEqualTo(code);
    }
}

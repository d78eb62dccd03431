package dev.meseta.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.hypervisor.HypervisorException.Code;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What every driver does, whatever it drives. */
public abstract class HypervisorContractTest extends TwoHosts {

    @Test
    void aStartedDomainRunsAndIsListed() {
        DomainDefinition definition = start("web-1");

        DomainStatus expected =
                new DomainStatus(definition.vmId(), "web-1", DomainState.RUNNING, DomainReason.NONE, 1, MEMORY, false);
        assertThat(source().domain(definition.vmId())).contains(expected);
        assertThat(source().domains()).contains(expected);
        assertThat(target().domain(definition.vmId())).isEmpty();
        assertThat(atSource.await(definition.vmId(), DomainState.RUNNING)).isEqualTo(expected);
    }

    @Test
    void aNameIsKeptWhateverIsInIt() {
        String name = "ñandú \"quoted\" <b>&amp; 'it' 虚拟机/…";

        DomainDefinition definition = start(name);

        assertThat(source().domain(definition.vmId()).orElseThrow().name()).isEqualTo(name);
        assertThat(atSource.await(definition.vmId(), DomainState.RUNNING).name())
                .isEqualTo(name);
    }

    @Test
    void theSameDomainDoesNotStartTwice() {
        DomainDefinition definition = start("twice");

        assertFails(Code.DOMAIN_EXISTS, () -> source().start(definition));

        assertThat(source().domain(definition.vmId())).isPresent();
    }

    @Test
    void anUnknownDomainIsNotFound() {
        UUID unknown = UUID.randomUUID();

        assertThat(source().domain(unknown)).isEmpty();
        assertThat(source().migrationProgress(unknown)).isEmpty();
        assertFails(Code.DOMAIN_NOT_FOUND, () -> source().shutdown(unknown));
        assertFails(Code.DOMAIN_NOT_FOUND, () -> source().reboot(unknown, true));
        assertFails(Code.DOMAIN_NOT_FOUND, () -> source().suspend(unknown));
        assertFails(Code.DOMAIN_NOT_FOUND, () -> source().resume(unknown));
        assertFails(Code.DOMAIN_NOT_FOUND, () -> source().cancelMigration(unknown));
        assertFails(Code.DOMAIN_NOT_FOUND, () -> source().openConsole(unknown, ConsoleKind.SERIAL));
        assertFails(Code.DOMAIN_NOT_FOUND, () -> source().migrate(toTarget(define("nobody"))));
        source().destroy(unknown);
    }

    @Test
    void aSerialConsoleTakesWhatIsTypedAndEndsWithTheDomain() throws Exception {
        UUID vmId = start("talkative").vmId();
        try (ByteChannel console = source().openConsole(vmId, ConsoleKind.SERIAL)) {
            assertThat(console.write(ByteBuffer.wrap(new byte[] {'x', '\r'}))).isEqualTo(2);
            CompletableFuture<Boolean> ended = CompletableFuture.supplyAsync(() -> readToEnd(console));
            assertThat(ended).isNotDone();
            source().destroy(vmId);
            assertThat(ended.get(1, TimeUnit.MINUTES)).isTrue();
        }
    }

    private static boolean readToEnd(ByteChannel console) {
        ByteBuffer buffer = ByteBuffer.allocate(4096);
        try {
            while (console.read(buffer.clear()) >= 0) {
                assertThat(buffer.position()).isPositive();
            }
            return true;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void suspendingAndResumingAreHeardOfOnceEach() {
        UUID vmId = start("pausing").vmId();

        source().suspend(vmId);
        source().suspend(vmId);
        assertThat(source().domain(vmId).orElseThrow().state()).isEqualTo(DomainState.PAUSED);
        assertThat(source().domain(vmId).orElseThrow().reason()).isEqualTo(DomainReason.USER);
        source().resume(vmId);
        source().resume(vmId);
        assertThat(source().domain(vmId).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        source().destroy(vmId);
        source().destroy(vmId);

        DomainStatus end = atSource.await(vmId, DomainState.GONE);
        assertThat(end.reason()).isEqualTo(DomainReason.DESTROYED);
        assertThat(atSource.of(vmId))
                .extracting(DomainStatus::state)
                .containsExactly(DomainState.RUNNING, DomainState.PAUSED, DomainState.RUNNING, DomainState.GONE);
        assertThat(source().domain(vmId)).isEmpty();
    }

    @Test
    void aForcedRebootLeavesTheDomainRunning() {
        UUID vmId = start("rebooting").vmId();

        source().reboot(vmId, true);

        assertThat(source().domain(vmId).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void aGuestThatHeedsThePowerButtonIsGone() {
        UUID vmId = start("obedient").vmId();

        // The guest sees the button only once its firmware is through.
        Await.until("the guest is off", () -> {
            pressPowerButton(vmId);
            return source().domain(vmId).isEmpty();
        });

        assertThat(atSource.await(vmId, DomainState.GONE).reason()).isEqualTo(DomainReason.GUEST_SHUTDOWN);
    }

    @Test
    void aKilledEmulatorIsACrash() {
        UUID vmId = start("crashing").vmId();

        killEmulator(vmId);

        assertThat(atSource.await(vmId, DomainState.GONE).reason()).isEqualTo(DomainReason.CRASHED);
        assertThat(source().domain(vmId)).isEmpty();
    }

    @Test
    void anExternalDomainIsSeenAndNeverTouched() {
        UUID vmId = UUID.randomUUID();
        startExternal(vmId, "somebody-elses");

        assertThat(atSource.await(vmId, DomainState.RUNNING).external()).isTrue();
        DomainStatus status = source().domain(vmId).orElseThrow();
        assertThat(status.external()).isTrue();
        assertThat(status.name()).isEqualTo("somebody-elses");
        assertFails(Code.NOT_SUPPORTED, () -> source().destroy(vmId));
        assertFails(Code.NOT_SUPPORTED, () -> source().shutdown(vmId));
        assertFails(Code.NOT_SUPPORTED, () -> source().reboot(vmId, true));
        assertFails(Code.NOT_SUPPORTED, () -> source().suspend(vmId));
        assertFails(Code.DOMAIN_EXISTS, () -> source().start(withId(define("impostor"), vmId)));
        assertThat(source().domain(vmId)).contains(status);
    }

    @Test
    void aDomainMovesThereAndBack() {
        DomainDefinition definition = start("moving");
        UUID vmId = definition.vmId();

        MigrationOutcome outcome = source().migrate(toTarget(definition));

        assertThat(outcome.totalMs()).isPositive();
        assertThat(outcome.downtimeMs()).isPositive().isLessThanOrEqualTo(outcome.totalMs());
        assertThat(outcome.transferredBytes()).isPositive();
        assertThat(outcome.iterations()).isPositive();
        assertThat(outcome.postCopy()).isFalse();
        assertThat(source().domain(vmId)).isEmpty();
        assertThat(target().domain(vmId))
                .contains(new DomainStatus(vmId, "moving", DomainState.RUNNING, DomainReason.NONE, 1, MEMORY, false));
        assertThat(atSource.await(vmId, DomainState.GONE).reason()).isEqualTo(DomainReason.MIGRATED);
        atTarget.await(vmId, DomainState.RUNNING);
        assertThat(atTarget.of(vmId))
                .extracting(DomainStatus::state)
                .containsExactly(DomainState.INCOMING, DomainState.RUNNING);

        target().migrate(toSource(definition));

        assertThat(target().domain(vmId)).isEmpty();
        assertThat(source().domain(vmId).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(atTarget.await(vmId, DomainState.GONE).reason()).isEqualTo(DomainReason.MIGRATED);
    }

    @Test
    void aVnicIsKnownWhereItsDomainIs() {
        DomainDefinition.Nic nic = new DomainDefinition.Nic(
                UUID.randomUUID(), UUID.randomUUID(), "52:54:00:aa:bb:02", "meseta-flows", 1450);
        DomainDefinition definition = start("plugged", nic);
        Vnic vnic = new Vnic(definition.vmId(), nic.nicId(), nic.networkId(), nic.tap());
        assertThat(source().vnics()).contains(vnic);
        assertThat(target().vnics()).doesNotContain(vnic);

        var unused = source().migrate(toTarget(definition));

        assertThat(source().vnics()).doesNotContain(vnic);
        assertThat(target().vnics()).contains(vnic);
        target().destroy(definition.vmId());
        assertThat(target().vnics()).doesNotContain(vnic);
    }

    @Test
    void aCancelledMigrationLeavesTheDomainWhereItWas() {
        DomainDefinition definition = start("staying");
        UUID vmId = definition.vmId();
        CompletableFuture<MigrationOutcome> migration = inBackground(slowly(definition, false));
        awaitCopying(vmId, migration);
        assertFails(Code.MIGRATION_FAILED, () -> source().migrate(toTarget(definition)));
        assertThat(target().domain(vmId).orElseThrow().state()).isEqualTo(DomainState.INCOMING);
        assertFails(Code.DOMAIN_NOT_RUNNING, () -> target().resume(vmId));

        source().cancelMigration(vmId);

        assertThat(codeOf(migration)).isEqualTo(Code.MIGRATION_CANCELLED);
        assertThat(source().domain(vmId).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(source().migrationProgress(vmId)).isEmpty();
        assertThat(atTarget.await(vmId, DomainState.GONE).reason()).isEqualTo(DomainReason.DESTROYED);
        assertThat(target().domain(vmId)).isEmpty();
        assertFails(Code.MIGRATION_NOT_RUNNING, () -> source().cancelMigration(vmId));
        assertThat(source().migrate(toTarget(definition)).postCopy()).isFalse();
    }

    @Test
    void aMigrationIsWatchedAndHurried() throws Exception {
        DomainDefinition definition = start("hurried");
        UUID vmId = definition.vmId();
        CompletableFuture<MigrationOutcome> migration = inBackground(slowly(definition, false));
        MigrationStatistics statistics = awaitCopying(vmId, migration);

        assertThat(statistics.memoryTotalBytes()).isGreaterThanOrEqualTo(MEMORY);
        assertThat(statistics.memoryRemainingBytes()).isPositive();
        assertThat(statistics.elapsedMs()).isPositive();
        assertThat(statistics.postCopy()).isFalse();
        source().changeMigration(vmId, new MigrationChange(OptionalLong.of(5_000), OptionalLong.of(512 * MEBIBYTE)));

        assertThat(migration.get(1, TimeUnit.MINUTES).totalMs()).isPositive();
        assertFails(
                Code.DOMAIN_NOT_FOUND,
                () -> source().changeMigration(vmId, new MigrationChange(OptionalLong.of(1), OptionalLong.empty())));
    }

    @Test
    void aMigrationWhoseTargetIsLostFails() {
        DomainDefinition definition = start("unlucky");
        UUID vmId = definition.vmId();
        CompletableFuture<MigrationOutcome> migration = inBackground(slowly(definition, false));
        awaitCopying(vmId, migration);

        target().destroy(vmId);

        assertThat(codeOf(migration)).isEqualTo(Code.MIGRATION_FAILED);
        assertThat(source().domain(vmId).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        assertThat(target().domain(vmId)).isEmpty();
    }

    @Test
    void aMigrationToNowhereFails() {
        DomainDefinition definition = start("lost");

        MigrationRequest nowhere = new MigrationRequest(
                definition, Path.of("/nowhere/control.sock"), "tcp://192.0.2.1", false, 0, 0, false, false);

        assertFails(Code.MIGRATION_FAILED, () -> source().migrate(nowhere));
        assertThat(source().domain(definition.vmId()).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
    }

    @Test
    void postCopyNeedsToBeAllowed() {
        DomainDefinition definition = start("precopy");
        CompletableFuture<MigrationOutcome> migration = inBackground(slowly(definition, false));
        awaitCopying(definition.vmId(), migration);

        assertFails(Code.NOT_SUPPORTED, () -> source().switchToPostCopy(definition.vmId()));

        source().cancelMigration(definition.vmId());
        assertThat(codeOf(migration)).isEqualTo(Code.MIGRATION_CANCELLED);
    }

    @Test
    void postCopyRunsTheGuestOnTheTargetAtOnce() throws Exception {
        Assumptions.assumeTrue(source().capabilities().contains(Capability.POST_COPY), "this host cannot do post-copy");
        DomainDefinition definition = start("postcopy");
        UUID vmId = definition.vmId();
        CompletableFuture<MigrationOutcome> migration = inBackground(slowly(definition, true));
        awaitCopying(vmId, migration);

        source().switchToPostCopy(vmId);

        assertThat(migration.get(1, TimeUnit.MINUTES).postCopy()).isTrue();
        assertThat(source().domain(vmId)).isEmpty();
        assertThat(target().domain(vmId).orElseThrow().state()).isEqualTo(DomainState.RUNNING);
        atTarget.await(vmId, DomainState.RUNNING);
        assertThat(atSource.await(vmId, DomainState.GONE).reason()).isEqualTo(DomainReason.MIGRATED);
    }

    @Test
    void aClosedSubscriptionHearsNothingMore() {
        EventRecorder closed = new EventRecorder();
        Subscription subscription = source().subscribe(closed);
        subscription.close();

        UUID vmId = start("unheard").vmId();

        atSource.await(vmId, DomainState.RUNNING);
        assertThat(closed.of(vmId)).isEmpty();
    }

    @Test
    void theHostIsDescribed() {
        HostFacts facts = source().facts();

        assertThat(facts.hostname()).isNotEqualTo(target().facts().hostname());
        assertThat(facts.bootId()).isNotBlank();
        assertThat(facts.cpus()).isPositive();
        assertThat(facts.memoryBytes()).isGreaterThan(MEMORY);
        assertThat(facts.hypervisorVersion()).isNotBlank();
        assertThat(facts.emulatorVersion()).isNotBlank();
        assertThat(facts).isEqualTo(source().facts());
        assertThat(source().capabilities()).contains(Capability.LIVE_MIGRATION);
    }
}

package dev.meseta.agent.hypervisor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import java.nio.file.Path;
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
import org.junit.jupiter.api.BeforeEach;

/** Two hosts that can reach each other, and guests to try them with. */
public abstract class TwoHosts {

    protected static final long MEBIBYTE = 1L << 20;

    static final long MEMORY = 64 * MEBIBYTE;
    private static final long SLOW = MEBIBYTE;

    private final List<DomainDefinition> made = new ArrayList<>();
    protected final EventRecorder atSource = new EventRecorder();
    protected final EventRecorder atTarget = new EventRecorder();
    private final List<Subscription> subscriptions = new ArrayList<>();

    protected abstract Hypervisor source();

    protected abstract Hypervisor target();

    /** A new disk with a guest that writes half a MiB of memory all the time and powers off when its button is pressed. */
    protected abstract Path newDisk(UUID diskId);

    /** Makes a bridge on both hosts. */
    protected abstract void addBridge(String bridge);

    /** Called once the guest runs. */
    protected abstract void makeBusy(UUID vmId);

    /** Starts a domain on the source past Meseta. */
    protected abstract void startExternal(UUID vmId, String name);

    /** Kills what executes the guest on the source. */
    protected abstract void killEmulator(UUID vmId);

    /** Where the target is seen from the source. */
    protected abstract Path controlSocketOfTarget();

    protected abstract String migrationUriOfTarget();

    protected abstract Path controlSocketOfSource();

    protected abstract String migrationUriOfSource();

    @BeforeEach
    void listen() {
        subscriptions.add(source().subscribe(atSource));
        subscriptions.add(target().subscribe(atTarget));
    }

    @AfterEach
    protected void cleanUp() {
        for (DomainDefinition definition : made) {
            source().destroy(definition.vmId());
            target().destroy(definition.vmId());
        }
        subscriptions.forEach(Subscription::close);
    }

    protected final DomainDefinition start(String name) {
        DomainDefinition definition = define(name);
        made.add(definition);
        source().start(definition);
        makeBusy(definition.vmId());
        return definition;
    }

    protected final MigrationRequest toTarget(DomainDefinition definition) {
        return new MigrationRequest(
                definition, controlSocketOfTarget(), migrationUriOfTarget(), true, 0, 0, false, false);
    }

    /** So slow that it cannot end by itself. */
    protected final MigrationRequest slowly(DomainDefinition definition, boolean postCopyAllowed) {
        return new MigrationRequest(
                definition, controlSocketOfTarget(), migrationUriOfTarget(), true, 50, SLOW, false, postCopyAllowed);
    }

    protected final CompletableFuture<MigrationOutcome> inBackground(MigrationRequest request) {
        return CompletableFuture.supplyAsync(() -> source().migrate(request));
    }

    protected final MigrationStatistics awaitCopying(UUID vmId, CompletableFuture<MigrationOutcome> migration) {
        Await.until("memory is copied", () -> {
            if (migration.isDone()) {
                throw new AssertionError("migration ended too early: " + migration);
            }
            return source().migrationProgress(vmId)
                    .filter(progress -> progress.memoryTransferredBytes() > 0)
                    .isPresent();
        });
        return source().migrationProgress(vmId).orElseThrow();
    }

    protected static Code codeOf(CompletableFuture<MigrationOutcome> migration) {
        try {
            throw new AssertionError("migration succeeded: " + migration.get(1, TimeUnit.MINUTES));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof HypervisorException failure) {
                return failure.code();
            }
            throw new AssertionError("migration failed in another way", e);
        } catch (TimeoutException | InterruptedException e) {
            throw new AssertionError("migration did not end", e);
        }
    }

    protected static void assertFails(Code code, ThrowingCallable call) {
        assertThatExceptionOfType(HypervisorException.class)
                .isThrownBy(call)
                .extracting(HypervisorException::code)
                .isEqualTo(code);
    }

    protected final MigrationRequest toSource(DomainDefinition definition) {
        return new MigrationRequest(
                definition, controlSocketOfSource(), migrationUriOfSource(), true, 0, 0, false, false);
    }

    protected final DomainDefinition start(String name, DomainDefinition.Nic nic) {
        addBridge(nic.bridge());
        DomainDefinition definition = define(name, List.of(nic));
        made.add(definition);
        source().start(definition);
        makeBusy(definition.vmId());
        return definition;
    }

    protected final DomainDefinition define(String name) {
        return define(name, List.of());
    }

    private DomainDefinition define(String name, List<DomainDefinition.Nic> nics) {
        UUID diskId = UUID.randomUUID();
        return new DomainDefinition(
                UUID.randomUUID(),
                name,
                1,
                MEMORY,
                Firmware.BIOS,
                Optional.empty(),
                List.of(new DomainDefinition.Disk(diskId, newDisk(diskId))),
                nics,
                Optional.empty(),
                7);
    }

    protected static DomainDefinition withId(DomainDefinition definition, UUID vmId) {
        return new DomainDefinition(
                vmId,
                definition.name(),
                definition.vcpus(),
                definition.memoryBytes(),
                definition.firmware(),
                definition.cpuModel(),
                definition.disks(),
                definition.nics(),
                definition.seed(),
                definition.desiredVersion());
    }

    protected final void pressPowerButton(UUID vmId) {
        try {
            source().shutdown(vmId);
        } catch (HypervisorException e) {
            // It has gone off between two presses.
            assertThat(e.code()).isIn(Code.DOMAIN_NOT_FOUND, Code.DOMAIN_NOT_RUNNING);
        }
    }
}

package dev.meseta.manager.lifecycle.internal;

import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the tasks of this module remember. Shapes are versioned by the handlers' {@code schemaVersion}. */
final class Payloads {

    private Payloads() {}

    /**
     * @param hostId where the disk is made and, when {@code start}, the VM was placed
     */
    record CreateVm(UUID hostId, boolean start) {}

    /**
     * @param restart begun by the reconciler after a crash: a failure leaves the wish that it runs
     */
    record StartVm(UUID hostId, boolean restart) {}

    /**
     * @param hostId null: it runs nowhere, only the wish changes
     * @param giveUpAt when a guest that was asked has had its time
     */
    record StopVm(@Nullable UUID hostId, boolean forced, Instant giveUpAt) {}

    record RebootVm(UUID hostId, boolean forced, Instant giveUpAt) {}

    record PauseVm(UUID hostId) {}

    /**
     * @param hostId the host that removes the disks
     */
    record DeleteVm(UUID hostId) {}
}

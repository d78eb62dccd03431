package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.lifecycle.StopMode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What the tasks of this module remember. Shapes are versioned by the handlers' {@code schemaVersion}. */
final class Payloads {

    private Payloads() {}

    /**
     * @param hostId where the disk is made and, when {@code start}, the VM was placed
     * @param downSince since when it was seen down when this was begun
     * @param seenBy until when the end waits for what is observed to show it; null while the work goes on
     */
    record CreateVm(
            UUID hostId,
            boolean start,
            @Nullable Instant downSince,
            @Nullable Instant seenBy) {

        CreateVm doneSeenBy(Instant until) {
            return new CreateVm(hostId, start, downSince, until);
        }
    }

    /**
     * @param restart begun by the reconciler after a crash: a failure leaves the wish that it runs
     * @param downSince as in {@link CreateVm}
     * @param seenBy as in {@link CreateVm}
     */
    record StartVm(
            UUID hostId,
            boolean restart,
            @Nullable Instant downSince,
            @Nullable Instant seenBy) {

        StartVm doneSeenBy(Instant until) {
            return new StartVm(hostId, restart, downSince, until);
        }
    }

    /**
     * @param hostId null: it runs nowhere, only the wish changes
     * @param giveUpAt when a guest that was asked has had its time
     * @param seenBy as in {@link CreateVm}
     */
    record StopVm(
            @Nullable UUID hostId,
            boolean forced,
            Instant giveUpAt,
            @Nullable Instant seenBy) {

        StopVm doneSeenBy(Instant until) {
            return new StopVm(hostId, forced, giveUpAt, until);
        }

        /** To be stopped there instead. */
        StopVm on(UUID otherHostId) {
            return new StopVm(otherHostId, forced, giveUpAt, null);
        }
    }

    record RebootVm(UUID hostId, boolean forced, Instant giveUpAt) {}

    /** @param seenBy as in {@link CreateVm} */
    record PauseVm(UUID hostId, @Nullable Instant seenBy) {

        PauseVm doneSeenBy(Instant until) {
            return new PauseVm(hostId, until);
        }
    }

    /** @param mode for verbs that stop a guest; null: graceful */
    record BulkVms(@Nullable StopMode mode) {}

    /**
     * @param hostId the host that removes the disks
     */
    record DeleteVm(UUID hostId) {}
}

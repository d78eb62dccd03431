package dev.meseta.manager.migration.internal;

import dev.meseta.manager.migration.MigrationPolicy;
import dev.meseta.manager.shared.ErrorCode;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * What a migration remembers.
 *
 * @param wantedHostId the only target that will do; null: any
 * @param targetHostId set once placed
 * @param endpoint set once the target is prepared
 * @param copyOperationId of the copying at the source; null: it was never asked to begin
 * @param failure why it cannot go on; null: nothing is wrong, or only that somebody cancelled
 * @param sourceMayHoldRest it was the hosts that said where the guest runs, not the copying's own end
 * @param patienceUntil until when a silent target is waited for; null while it answers
 */
record MigrateVm(
        UUID sourceHostId,
        @Nullable UUID wantedHostId,
        @Nullable UUID targetHostId,
        MigrationPolicy policy,
        Instant startedAt,
        @Nullable Endpoint endpoint,
        @Nullable String copyOperationId,
        @Nullable Failure failure,
        boolean sourceMayHoldRest,
        @Nullable Instant patienceUntil) {

    /** Where the target's agent and QEMU listen. */
    record Endpoint(String migrationUri, String agentAddress) {}

    record Failure(ErrorCode code, String detail) {}

    static MigrateVm requested(
            UUID sourceHostId, @Nullable UUID wantedHostId, MigrationPolicy policy, Instant startedAt) {
        return new MigrateVm(sourceHostId, wantedHostId, null, policy, startedAt, null, null, null, false, null);
    }

    /** The target; only once there is one. */
    UUID target() {
        if (targetHostId == null) {
            throw new IllegalStateException("no target was chosen yet");
        }
        return targetHostId;
    }

    MigrateVm placedOn(UUID hostId) {
        return new MigrateVm(sourceHostId, wantedHostId, hostId, policy, startedAt, null, null, null, false, null);
    }

    MigrateVm preparedAt(Endpoint prepared) {
        return new MigrateVm(
                sourceHostId, wantedHostId, targetHostId, policy, startedAt, prepared, null, null, false, null);
    }

    MigrateVm copyingAs(String operationId) {
        return new MigrateVm(
                sourceHostId,
                wantedHostId,
                targetHostId,
                policy,
                startedAt,
                endpoint,
                operationId,
                failure,
                sourceMayHoldRest,
                null);
    }

    MigrateVm failedWith(Failure reason) {
        return new MigrateVm(
                sourceHostId,
                wantedHostId,
                targetHostId,
                policy,
                startedAt,
                endpoint,
                copyOperationId,
                reason,
                sourceMayHoldRest,
                patienceUntil);
    }

    MigrateVm switched(boolean mayHoldRest) {
        return new MigrateVm(
                sourceHostId,
                wantedHostId,
                targetHostId,
                policy,
                startedAt,
                endpoint,
                copyOperationId,
                null,
                mayHoldRest,
                null);
    }

    MigrateVm patientUntil(@Nullable Instant until) {
        return new MigrateVm(
                sourceHostId,
                wantedHostId,
                targetHostId,
                policy,
                startedAt,
                endpoint,
                copyOperationId,
                failure,
                sourceMayHoldRest,
                until);
    }
}

package dev.meseta.manager.migration.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.migration.MigrationPolicy;
import dev.meseta.manager.migration.Migrations;
import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.TaskView;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/** Asks whether the actor may move the VM, and may see the host that is named, before anything else is looked at. */
@Component
@Primary
class GuardedMigrations implements Migrations {

    private final MigrationService migrations;
    private final Access access;

    GuardedMigrations(MigrationService migrations, Access access) {
        this.migrations = migrations;
        this.access = access;
    }

    private void require(UUID vmId, @Nullable UUID hostId) {
        access.require(Permission.VM_MIGRATE, ObjectRef.vm(vmId));
        if (hostId != null) {
            access.require(Permission.HOST_READ, ObjectRef.host(hostId));
        }
    }

    @Override
    public Decision targets(UUID vmId) {
        require(vmId, null);
        return migrations.targets(vmId);
    }

    @Override
    public Decision plan(UUID vmId, @Nullable UUID targetHostId, @Nullable Long expectedVersion) {
        require(vmId, targetHostId);
        return migrations.plan(vmId, targetHostId, expectedVersion);
    }

    @Override
    public TaskView migrate(
            UUID vmId,
            @Nullable UUID targetHostId,
            MigrationPolicy policy,
            @Nullable Long expectedVersion,
            RequestContext by) {
        require(vmId, targetHostId);
        return migrations.migrate(vmId, targetHostId, policy, expectedVersion, by);
    }

    @Override
    public void change(
            UUID vmId, Optional<Long> maxDowntimeMs, Optional<Long> bandwidthMiBPerSecond, RequestContext by) {
        require(vmId, null);
        migrations.change(vmId, maxDowntimeMs, bandwidthMiBPerSecond, by);
    }

    @Override
    public void switchToPostCopy(UUID vmId, RequestContext by) {
        require(vmId, null);
        migrations.switchToPostCopy(vmId, by);
    }
}

package dev.meseta.manager.migration.internal;

import dev.meseta.manager.lifecycle.BulkVerb;
import dev.meseta.manager.lifecycle.BulkVerbs;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.migration.MigrationPolicy;
import dev.meseta.manager.migration.Migrations;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.tasks.TaskView;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** Moves each of many VMs to where it suits best. */
@Component
class MigrationBulkVerb implements BulkVerbs {

    private final Migrations migrations;

    MigrationBulkVerb(Migrations migrations) {
        this.migrations = migrations;
    }

    @Override
    public Set<BulkVerb> verbs() {
        return Set.of(BulkVerb.MIGRATE);
    }

    @Override
    public TaskView begin(BulkVerb verb, UUID vmId, @Nullable StopMode mode, RequestContext by) {
        return migrations.migrate(vmId, null, MigrationPolicy.DEFAULT, null, by);
    }

    @Override
    public void check(BulkVerb verb, UUID vmId) {
        migrations.plan(vmId, null, null);
    }
}

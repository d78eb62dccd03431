package dev.meseta.manager.migration.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.HOST_2;
import static dev.meseta.manager.fakes.FakeDataCenter.TESTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.fakes.FakeDataCenter;
import dev.meseta.manager.fakes.TaskRunner;
import dev.meseta.manager.migration.MigrationPolicy;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A VM on host-1 and all that moves it to host-2. */
final class MigrationWorld {

    final FakeDataCenter center = new FakeDataCenter();
    final MigrationService migrations;
    final UUID vm;
    private @Nullable TaskView task;

    MigrationWorld() {
        var targets = new MigrationTargets(center.hosts, center.placement);
        var rows = new MigrationRows(center.vms, center.placement);
        center.tasks.register(new MigrationHandler(
                center.agents,
                center.vms,
                center.hosts,
                center.specifications,
                targets,
                rows,
                new WayBack(center.agents, rows, center.clock),
                center.ends,
                center.clock));
        migrations = new MigrationService(
                center.vms, targets, center.agents, center.tasks, center.rows, center.ids, center.clock);
        vm = center.runningVm("web-1", HOST_1);
        center.agents.immediate.addAll(List.of("migration.release-target", "domain.ensure-stopped.forced"));
    }

    /** Begins, and goes on until the phase; what comes next has not been done. */
    MigrationWorld migrateUntil(MigrationPhase phase) {
        migrate();
        if (phase == MigrationPhase.REQUESTED) {
            return this;
        }
        center.run();
        if (phase == MigrationPhase.PLACED) {
            return expectPhase(phase);
        }
        center.agents.finish("migration.prepare-target");
        center.run();
        return expectPhase(MigrationPhase.COPYING);
    }

    void migrate() {
        task = migrations.migrate(vm, HOST_2, MigrationPolicy.DEFAULT, null, TESTER);
    }

    boolean hasBegun() {
        return task != null;
    }

    TaskView task() {
        return Objects.requireNonNull(task);
    }

    TaskRunner.Row row() {
        return center.tasks.row(task().id());
    }

    MigrationWorld expectPhase(MigrationPhase phase) {
        assertThat(row().phase()).as("%s %s", row().error(), row().detail()).isEqualTo(phase.name());
        return this;
    }

    void cancel() {
        center.tasks.cancel(task().id());
        center.run();
    }

    void wait(int seconds) {
        for (int second = 0; second < seconds; second++) {
            center.after(Duration.ofSeconds(1));
        }
    }

    void run() {
        center.run();
    }

    void expectMoved() {
        center.assertSucceeded(task());
        center.assertRunsExactlyOn(vm, HOST_2);
        expectNothingLeft();
    }

    void expectStayed(ErrorCode code) {
        assertThat(row().error()).as(row().detail()).isEqualTo(code);
        assertThat(row().state())
                .isEqualTo(code == ErrorCode.MIGRATION_CANCELLED ? TaskState.CANCELLED : TaskState.FAILED);
        center.assertRunsExactlyOn(vm, HOST_1);
        expectNothingLeft();
    }

    private void expectNothingLeft() {
        if (center.agents.host(HOST_2).reachable) {
            assertThat(center.agents.host(HOST_2).preparedMigrations)
                    .as("preparations")
                    .isEmpty();
        }
        assertThat(center.agents.host(HOST_1).domains.size()
                        + center.agents.host(HOST_2).domains.size())
                .as("domains")
                .isEqualTo(1);
    }
}

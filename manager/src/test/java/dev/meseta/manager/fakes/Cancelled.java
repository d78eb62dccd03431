package dev.meseta.manager.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.ObjIntConsumer;
import java.util.stream.Collectors;

/** Runs one task to its end, step by step, and cancels it in one of its phases. */
public final class Cancelled {

    private static final int MOST_STEPS = 2_000;

    private final FakeDataCenter center;
    private final TaskView task;
    private final Set<String> seen = new HashSet<>();

    private Cancelled(FakeDataCenter center, TaskView task) {
        this.center = center;
        this.task = task;
    }

    /** Whether the task was ever in that phase before its end. */
    public static boolean in(FakeDataCenter center, TaskView task, String phase) {
        var story = new Cancelled(center, task);
        story.run(phase);
        return story.seen.contains(phase);
    }

    /** Cancels the task when so many things have happened: steps, and ends of operations. Whether it came to that. */
    public static boolean after(FakeDataCenter center, TaskView task, int happenings) {
        var story = new Cancelled(center, task);
        boolean[] cancelled = {false};
        story.run("after %d steps".formatted(happenings), (row, happened) -> {
            if (happened == happenings && !cancelled[0]) {
                cancelled[0] = true;
                center.tasks.cancel(task.id());
            }
        });
        return cancelled[0];
    }

    private void run(String phase) {
        run("in " + phase, (row, happened) -> {
            if (row.phase().equals(phase) && seen.add(phase)) {
                center.tasks.cancel(task.id());
            }
        });
    }

    private void run(String when, ObjIntConsumer<TaskRunner.Row> before) {
        int happened = 0;
        for (int step = 0; step < MOST_STEPS; step++) {
            var row = center.tasks.row(task.id());
            if (row.state().isFinal()) {
                return;
            }
            before.accept(row, happened);
            if (center.tasks.runOne() || center.agents.finishAny()) {
                happened++;
            } else {
                center.clock.advance(Duration.ofSeconds(1));
            }
        }
        throw new AssertionError(
                "%s, cancelled %s, never ends: %s".formatted(task.kind(), when, center.tasks.row(task.id())));
    }

    /** What there is of a VM fits together: it is whole or gone, runs at most once, and holds what it needs and no more. */
    public static void assertConsistent(FakeDataCenter center, UUID vmId, String when) {
        var running = center.agents.hostsRunning(vmId);
        assertThat(running).as(when).hasSizeLessThanOrEqualTo(1);
        assertThat(center.placement.hostsReservedFor(vmId))
                .as("%s: reservations", when)
                .isEqualTo(running);
        var disks = center.storage.disksOf(vmId);
        var volumes = new HashSet<UUID>();
        for (UUID host : List.of(FakeDataCenter.HOST_1, FakeDataCenter.HOST_2)) {
            volumes.addAll(center.agents.host(host).volumes.keySet());
            assertThat(center.agents.host(host).preparedMigrations)
                    .as("%s: preparations", when)
                    .isEmpty();
        }
        assertThat(volumes)
                .as("%s: volumes", when)
                .isEqualTo(disks.stream().map(disk -> disk.id()).collect(Collectors.toSet()));
        var vm = center.vms.find(vmId);
        if (vm.isEmpty()) {
            assertThat(running).as(when).isEmpty();
            assertThat(center.rows.nics).as("%s: NICs", when).isEmpty();
            assertThat(disks).as("%s: disks", when).isEmpty();
        } else {
            assertThat(vm.get().activity()).as(when).isNull();
            assertThat(vm.get().hostId())
                    .as("%s: place", when)
                    .isEqualTo(running.isEmpty() ? null : running.getFirst());
        }
    }
}

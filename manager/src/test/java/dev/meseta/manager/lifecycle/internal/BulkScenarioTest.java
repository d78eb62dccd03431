package dev.meseta.manager.lifecycle.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.TESTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.fakes.Cancelled;
import dev.meseta.manager.fakes.FakeTaskItems;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.lifecycle.BulkVerb;
import dev.meseta.manager.lifecycle.BulkVerbs;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.tasks.TaskItem;
import dev.meseta.manager.tasks.TaskItems;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same to many VMs. */
@Tag("unit")
class BulkScenarioTest {

    private final LifecycleWorld world = new LifecycleWorld();
    private final FakeTaskItems items = new FakeTaskItems(world.center.tasks, world.center.rows);
    private final BulkVerbs verbs = new LifecycleBulkVerbs(world.lifecycle);
    private final VmBulkService bulk = new VmBulkService(
            world.center.vms, List.of(verbs), world.center.tasks, items, world.center.rows, world.center.ids);

    BulkScenarioTest() {
        verbs.verbs().forEach(verb -> world.center.tasks.register(new VmBulkHandler(verb, verbs, items)));
    }

    private List<UUID> running(int count) {
        return IntStream.range(0, count)
                .mapToObj(number -> world.center.runningVm("web-" + number, HOST_1))
                .toList();
    }

    private TaskView stop(List<UUID> vms) {
        return bulk.submit(BulkVerb.STOP, vms, StopMode.FORCED, (permission, vmId) -> {}, TESTER);
    }

    @Test
    void every_vm_has_a_task_and_a_result_of_its_own() {
        List<UUID> vms = new ArrayList<>(running(3));
        UUID stopped = world.center.stoppedVm("down");
        UUID nobody = UUID.randomUUID();
        vms.addAll(List.of(stopped, nobody, vms.getFirst()));
        TaskView task = stop(vms);
        world.center.run();
        world.center.agents.finish("domain.ensure-stopped.forced");
        world.center.run();
        world.center.after(Duration.ofMinutes(1));

        world.expectError(task, ErrorCode.ITEMS_FAILED);
        assertThat(items.of(task.id()))
                .extracting(TaskItem::state)
                .containsExactly(
                        TaskItem.State.SUCCEEDED,
                        TaskItem.State.SUCCEEDED,
                        TaskItem.State.SUCCEEDED,
                        TaskItem.State.REFUSED,
                        TaskItem.State.REFUSED);
        assertThat(world.center.tasks.progressOf(task.id()))
                .containsEntry("items", 5)
                .containsEntry("itemsEnded", 5)
                .containsEntry("itemsFailed", 2)
                .containsEntry("percent", 100);
        vms.stream()
                .filter(vm -> !vm.equals(nobody))
                .forEach(vm -> assertThat(world.center.vm(vm).status()).isEqualTo(VmStatus.DOWN));
    }

    @Test
    void all_that_succeed_are_a_success_also_when_the_manager_dies_at_every_step() {
        world.center.tasks.everyStepTwice = true;
        TaskView task = stop(running(3));
        world.center.run();
        world.center.agents.finish("domain.ensure-stopped.forced");
        world.center.run();
        world.center.after(Duration.ofMinutes(1));
        world.center.assertSucceeded(task);
        assertThat(world.center.tasks.all()).hasSize(4);
    }

    @Test
    void no_more_than_so_many_are_under_way_and_a_cancel_keeps_the_others_from_beginning() {
        int count = VmBulkHandler.AT_A_TIME + 20;
        List<UUID> stopped = IntStream.range(0, count)
                .mapToObj(number -> world.center.stoppedVm("web-" + number))
                .toList();
        TaskView task = bulk.submit(BulkVerb.DELETE, stopped, null, (permission, vmId) -> {}, TESTER);
        world.center.run();
        assertThat(items.counts(task.id()))
                .isEqualTo(new TaskItems.Counts(count, 20, VmBulkHandler.AT_A_TIME, 0, 0, 0, 0));

        world.center.tasks.cancel(task.id());
        world.center.run();
        world.center.assertUnfinished(task);
        while (world.center.agents.finishAny()) {
            world.center.run();
        }
        world.center.run();
        world.center.after(Duration.ofMinutes(1));
        assertThat(world.center.tasks.row(task.id()).state()).isEqualTo(TaskState.CANCELLED);
        assertThat(items.counts(task.id()))
                .isEqualTo(new TaskItems.Counts(count, 0, 0, VmBulkHandler.AT_A_TIME, 0, 20, 0));
        assertThat(world.center.rows.vms).hasSize(20);
    }

    @Test
    void a_cancel_at_any_moment_stops_what_has_not_ended_and_leaves_nothing_half_done() {
        for (BulkVerb verb : List.of(BulkVerb.STOP, BulkVerb.PAUSE, BulkVerb.REBOOT, BulkVerb.START, BulkVerb.DELETE)) {
            int moments = 0;
            boolean cancelled = true;
            while (cancelled) {
                cancelled = new BulkScenarioTest().cancelledAfter(verb, moments);
                moments++;
            }
            assertThat(moments).as("moments of %s", verb).isGreaterThan(3);
        }
    }

    private boolean cancelledAfter(BulkVerb verb, int moment) {
        world.center.agents.immediate.add("cancel");
        boolean onStopped = verb == BulkVerb.START || verb == BulkVerb.DELETE;
        List<UUID> vms = IntStream.range(0, 3)
                .mapToObj(number -> onStopped
                        ? world.center.stoppedVm("web-" + number)
                        : world.center.runningVm("web-" + number, HOST_1))
                .toList();
        TaskView task = bulk.submit(verb, vms, null, (permission, vmId) -> {}, TESTER);
        boolean cancelled = Cancelled.after(world.center, task, moment);
        String when = "%s, cancelled after %d steps".formatted(verb, moment);
        TaskItems.Counts counts = items.counts(task.id());
        assertThat(counts.isOver()).as(when).isTrue();
        assertThat(counts.failed() + counts.refused()).as(when).isZero();
        assertThat(world.center.tasks.row(task.id()).state())
                .as(when)
                .isEqualTo(counts.cancelled() > 0 ? TaskState.CANCELLED : TaskState.SUCCEEDED);
        for (TaskItem item : items.of(task.id())) {
            boolean gone = verb == BulkVerb.DELETE && item.state() == TaskItem.State.SUCCEEDED;
            assertThat(world.center.rows.vms.containsKey(item.target().id()))
                    .as(when)
                    .isEqualTo(!gone);
        }
        assertThat(world.center.tasks.all())
                .as(when)
                .allMatch(row -> row.state().isFinal());
        return cancelled;
    }

    @Test
    void a_cancelled_whole_asks_the_parts_that_are_under_way_to_stop() {
        List<UUID> vms = running(2);
        TaskView task = bulk.submit(BulkVerb.STOP, vms, StopMode.GRACEFUL, (permission, vmId) -> {}, TESTER);
        world.center.run();
        assertThat(items.counts(task.id()).running()).isEqualTo(2);

        world.center.agents.immediate.add("cancel");
        world.center.tasks.cancel(task.id());
        world.center.run();
        world.center.after(Duration.ofMinutes(1));
        assertThat(items.of(task.id())).extracting(TaskItem::state).containsOnly(TaskItem.State.CANCELLED);
        world.expectError(task, ErrorCode.CANCELLED);
        assertThat(world.center.agents.hostsRunning(vms.getFirst())).containsExactly(HOST_1);
    }

    @Test
    void what_the_caller_may_not_do_is_a_refused_part() {
        List<UUID> vms = running(2);
        TaskView task = bulk.submit(BulkVerb.STOP, vms, null, BulkScenarioTest::readOnly, TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.ITEMS_FAILED);
        assertThat(items.of(task.id())).allSatisfy(item -> {
            assertThat(item.state()).isEqualTo(TaskItem.State.REFUSED);
            assertThat(item.error()).extracting(TaskView.TaskError::code).isEqualTo("FORBIDDEN");
        });
        assertThat(world.center.agents.hostsRunning(vms.getFirst())).containsExactly(HOST_1);
    }

    @Test
    void a_plan_says_what_would_be_refused_and_changes_nothing() {
        UUID up = world.center.runningVm("up", HOST_1);
        UUID down = world.center.stoppedVm("down");
        assertThat(bulk.plan(BulkVerb.START, List.of(up, down), (permission, vmId) -> {}))
                .extracting(planned ->
                        planned.refusal() == null ? null : planned.refusal().code())
                .containsExactly(ErrorCode.VM_RUNNING, null);
        assertThat(world.center.tasks.all()).isEmpty();
    }

    private static void readOnly(Permission permission, UUID vmId) {
        if (permission != Permission.VM_READ) {
            throw new MesetaException(ErrorCode.FORBIDDEN, "no " + permission);
        }
    }
}

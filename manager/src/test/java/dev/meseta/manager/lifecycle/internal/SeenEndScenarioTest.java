package dev.meseta.manager.lifecycle.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.HOST_2;
import static dev.meseta.manager.fakes.FakeDataCenter.TESTER;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.inventory.VmObserved;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.lifecycle.SeenEnds;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.membership.FakeTopic;
import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Agents that tell the end of an operation before their watch tells of the domain: tasks end when it is seen. */
@Tag("unit")
class SeenEndScenarioTest {

    private final LifecycleWorld world = new LifecycleWorld();

    @BeforeEach
    void endsAreToldBeforeDomains() {
        world.center.watchesTell = false;
        world.center.agents.immediate.addAll(List.of(
                "domain.ensure-running",
                "domain.ensure-stopped",
                "domain.ensure-stopped.forced",
                "domain.ensure-paused",
                "volume.ensure",
                "volume.remove",
                "seed.remove"));
    }

    @Test
    void a_stop_ends_when_the_vm_is_seen_down_and_can_then_be_deleted() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView stop = world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        world.center.run();
        world.center.after(Duration.ofSeconds(5));
        world.center.assertUnfinished(stop);
        assertThat(world.center.agents.calls()).containsOnlyOnce("domain.ensure-stopped.forced");

        world.center.observe(HOST_1, vm);
        world.center.ends.on(new VmObserved(vm, VmStatus.UP, VmStatus.DOWN, "DESTROYED", null));
        world.center.run();
        world.center.assertSucceeded(stop);
        TaskView delete = world.lifecycle.delete(vm, null, TESTER);
        world.center.run();
        world.center.assertSucceeded(delete);
        world.expectEmpty();
    }

    @Test
    void what_another_manager_stores_ends_it_as_soon() {
        FakeTopic<SeenEnds.Seen> theirs = new FakeTopic<>();
        theirs.connect(world.center.seen);
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView stop = world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        world.center.run();
        world.center.observe(HOST_1, vm);
        world.center.assertUnfinished(stop);
        theirs.tellOthers(new SeenEnds.Seen(vm));
        world.center.run();
        world.center.assertSucceeded(stop);
        assertThat(world.center.seen.told).isEmpty();
    }

    @Test
    void every_observation_is_told_to_the_others() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.center.ends.on(new VmObserved(vm, VmStatus.UP, VmStatus.DOWN, "DESTROYED", null));
        assertThat(world.center.seen.told).containsExactly(new SeenEnds.Seen(vm));
    }

    @Test
    void an_observation_that_never_comes_holds_nothing_up_for_long() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView stop = world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        world.center.run();
        world.center.assertUnfinished(stop);
        world.center.after(SeenEnds.PATIENCE);
        world.center.assertSucceeded(stop);
        assertThat(world.center.placement.hostsReservedFor(vm)).isEmpty();
    }

    @Test
    void a_start_ends_when_the_vm_is_seen_up() {
        UUID vm = world.center.stoppedVm("web-1");
        TaskView start = world.lifecycle.start(vm, HOST_1, null, TESTER);
        world.center.run();
        world.center.assertUnfinished(start);
        world.center.observe(HOST_1, vm);
        world.center.after(Duration.ofSeconds(1));
        world.center.assertSucceeded(start);
    }

    @Test
    void a_guest_that_started_and_went_down_again_at_once_has_started() {
        UUID vm = world.center.stoppedVm("web-1");
        TaskView start = world.lifecycle.start(vm, HOST_1, null, TESTER);
        world.center.run();
        world.center.clock.advance(Duration.ofSeconds(1));
        world.center.agents.host(HOST_1).domains.remove(vm);
        world.center.vms.observe(vm, VmStatus.DOWN, "CRASHED", null);
        world.center.run();
        world.center.assertSucceeded(start);
    }

    @Test
    void a_new_vm_is_created_when_it_is_seen_up() {
        TaskView create = world.lifecycle.create(LifecycleWorld.request("web-1"), TESTER);
        UUID vm = create.target().id();
        world.center.run();
        world.center.assertUnfinished(create);
        world.center.agents.hostsRunning(vm).forEach(host -> world.center.observe(host, vm));
        world.center.after(Duration.ofSeconds(1));
        world.center.assertSucceeded(create);
    }

    @Test
    void halting_and_resuming_end_when_they_are_seen() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        for (boolean paused : List.of(true, false)) {
            TaskView task = paused ? world.lifecycle.pause(vm, null, TESTER) : world.lifecycle.resume(vm, null, TESTER);
            world.center.run();
            world.center.assertUnfinished(task);
            world.center.observe(HOST_1, vm);
            world.center.after(Duration.ofSeconds(1));
            world.center.assertSucceeded(task);
        }
    }

    @Test
    void a_restart_after_a_crash_ends_when_the_vm_is_seen_up() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.center.agents.host(HOST_1).domains.remove(vm);
        world.center.vms.observe(vm, VmStatus.DOWN, "CRASHED", null);
        world.reconciler.consider(vm);
        world.center.run();
        world.reconciler.scan();
        world.center.run();
        assertThat(world.center.tasks.all()).hasSize(1);
        assertThat(world.center.tasks.unfinishedFor(vm)).isPresent();
        world.center.agents.hostsRunning(vm).forEach(host -> world.center.observe(host, vm));
        world.center.after(Duration.ofSeconds(1));
        assertThat(world.center.tasks.unfinishedFor(vm)).isEmpty();
    }

    @Test
    void a_vm_that_runs_and_was_never_seen_up_is_stopped_where_it_was_placed() {
        UUID vm = world.center.stoppedVm("web-1");
        TaskView start = world.lifecycle.start(vm, HOST_2, null, TESTER);
        world.center.run();
        world.center.after(SeenEnds.PATIENCE);
        world.center.assertSucceeded(start);
        TaskView stop = world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        world.center.run();
        world.center.assertSucceeded(stop);
        assertThat(world.center.agents.hostsRunning(vm)).isEmpty();
        assertThat(world.center.placement.hostsReservedFor(vm)).isEmpty();
    }

    @Test
    void a_stop_that_was_sent_to_where_the_vm_is_no_more_follows_it() {
        UUID vm = world.center.runningVm("web-1", HOST_2);
        world.center.vms.setHost(vm, HOST_1);
        world.center.vms.observe(vm, VmStatus.UP, "", HOST_1);
        TaskView stop = world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        world.center.run();
        world.center.assertUnfinished(stop);
        world.center.observe(HOST_2, vm);
        world.center.watchesTell = true;
        world.center.after(Duration.ofSeconds(1));
        world.center.assertSucceeded(stop);
        assertThat(world.center.agents.hostsRunning(vm)).isEmpty();
    }
}

package dev.meseta.manager.lifecycle.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.HOST_2;
import static dev.meseta.manager.fakes.FakeDataCenter.TESTER;
import static dev.meseta.manager.lifecycle.internal.LifecycleWorld.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.lifecycle.VmLifecycle.Verb;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Start, stop, reboot, pause, resume and delete, and everybody who can fail meanwhile. */
@Tag("unit")
class PowerScenarioTest {

    private static final Duration GRACEFUL_TIMEOUT = Duration.ofSeconds(60);

    private final LifecycleWorld world = new LifecycleWorld();
    private final List<String> immediate = world.center.agents.immediate;

    @Test
    void a_vm_that_has_just_moved_is_stopped_where_it_is_although_it_was_last_seen_elsewhere() {
        immediate.add("domain.ensure-stopped.forced");
        UUID vm = world.center.runningVm("web-1", HOST_2);
        world.center.vms.observe(vm, VmStatus.UP, "", HOST_1);
        TaskView task = world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        world.center.run();
        world.center.assertSucceeded(task);
        assertThat(world.center.agents.hostsRunning(vm)).isEmpty();
    }

    @Test
    void a_vm_that_runs_and_is_not_seen_yet_is_neither_deleted_nor_started_again() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.center.vms.observe(vm, VmStatus.DOWN, "", null);
        refused(ErrorCode.VM_RUNNING, () -> world.lifecycle.start(vm, HOST_2, null, TESTER));

        TaskView deletion = world.lifecycle.delete(vm, null, TESTER);
        world.center.run();

        world.expectError(deletion, ErrorCode.VM_RUNNING);
        world.center.assertRunsExactlyOn(vm, HOST_1);
        assertThat(world.center.vm(vm).desiredPower()).isEqualTo(PowerState.RUNNING);
        assertThat(world.center.rows.disks).isNotEmpty();
    }

    @Test
    void a_vm_whose_last_host_is_silent_is_neither_deleted_nor_started_elsewhere() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.center.vms.observe(vm, VmStatus.DOWN, "CRASHED", null);
        world.center.agents.agentDies(HOST_1);
        refused(ErrorCode.HOST_UNREACHABLE, () -> world.lifecycle.start(vm, HOST_2, null, TESTER));
        TaskView deletion = world.lifecycle.delete(vm, null, TESTER);
        world.center.after(Duration.ofMinutes(1));
        world.center.assertUnfinished(deletion);
    }

    // --- start

    @Test
    void starts_a_vm() {
        world.center.tasks.everyStepTwice = true;
        UUID vm = world.center.stoppedVm("web-1");
        TaskView task = world.lifecycle.start(vm, HOST_2, null, TESTER);
        assertThat(world.center.vm(vm).status()).isEqualTo(VmStatus.STARTING);
        world.center.run();
        world.center.agents.finish("domain.ensure-running");
        world.center.run();
        world.center.assertSucceeded(task);
        world.center.assertRunsExactlyOn(vm, HOST_2);
        assertThat(world.center.vm(vm).desiredPower()).isEqualTo(PowerState.RUNNING);
    }

    @Test
    void a_start_that_fails_leaves_the_vm_down_and_frees_its_place() {
        UUID vm = world.center.stoppedVm("web-1");
        world.center.agents.nextEnds("domain.ensure-running", State.FAILED, ErrorCode.DOMAIN_START_FAILED);
        TaskView task = world.lifecycle.start(vm, null, null, TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.DOMAIN_START_FAILED);
        assertThat(world.center.vm(vm)).satisfies(row -> {
            assertThat(row.hostId()).isNull();
            assertThat(row.activity()).isNull();
            assertThat(row.desiredPower()).isEqualTo(PowerState.STOPPED);
        });
        assertThat(world.center.rows.reservations).isEmpty();
    }

    @Test
    void a_start_that_failed_but_runs_has_succeeded() {
        UUID vm = world.center.stoppedVm("web-1");
        world.center.agents.nextEnds("domain.ensure-running", State.FAILED, ErrorCode.AGENT_ERROR);
        TaskView task = world.lifecycle.start(vm, HOST_1, null, TESTER);
        world.center.agents.domain(HOST_1, vm, "RUNNING", "");
        world.center.observe(HOST_1, vm);
        world.center.run();
        world.center.assertSucceeded(task);
        world.center.assertRunsExactlyOn(vm, HOST_1);
    }

    @Test
    void a_start_whose_host_gives_no_answer_is_neither_ended_nor_tried_elsewhere() {
        UUID vm = world.center.stoppedVm("web-1");
        world.center.agents.host(HOST_1).answersLost = true;
        immediate.add("domain.ensure-running");
        TaskView task = world.lifecycle.start(vm, HOST_1, null, TESTER);
        world.center.run();
        world.center.agents.agentDies(HOST_1);
        world.center.tasks.cancel(task.id());
        for (int look = 0; look < 100; look++) {
            world.center.after(Duration.ofSeconds(3));
        }
        world.center.assertUnfinished(task);
        assertThat(world.center.placement.hostsReservedFor(vm)).containsExactly(HOST_1);

        world.center.agents.host(HOST_1).answersLost = false;
        world.center.agents.networkReturns(HOST_1);
        world.center.after(Duration.ofSeconds(3));
        world.center.assertSucceeded(task);
        world.center.assertRunsExactlyOn(vm, HOST_1);
    }

    @Test
    void an_agent_that_never_can_tell_gives_the_place_back_only_when_the_hypervisor_says_no() {
        UUID vm = world.center.stoppedVm("web-1");
        for (int attempt = 0; attempt < 3; attempt++) {
            world.center.agents.nextEnds("domain.ensure-running", State.OUTCOME_UNKNOWN, null);
        }
        TaskView task = world.lifecycle.start(vm, HOST_1, null, TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.DOMAIN_START_FAILED);
        assertThat(world.center.rows.reservations).isEmpty();
    }

    // --- stop

    @Test
    void stops_a_guest_that_follows() {
        world.center.tasks.everyStepTwice = true;
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView task = world.lifecycle.stop(vm, StopMode.GRACEFUL, null, TESTER);
        assertThat(world.center.vm(vm).status()).isEqualTo(VmStatus.STOPPING);
        world.center.run();
        world.center.agents.finish("domain.ensure-stopped");
        world.center.run();
        world.center.assertSucceeded(task);
        expectDownAndFree(vm);
    }

    @Test
    void a_guest_that_does_not_follow_goes_on_running() {
        immediate.add("cancel");
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView task = world.lifecycle.stop(vm, StopMode.GRACEFUL, null, TESTER);
        for (Duration passed = Duration.ZERO; passed.compareTo(GRACEFUL_TIMEOUT) < 0; passed = passed.plusSeconds(5)) {
            world.center.assertUnfinished(task);
            world.center.after(Duration.ofSeconds(5));
        }
        world.expectError(task, ErrorCode.GUEST_DID_NOT_STOP);
        world.center.assertRunsExactlyOn(vm, HOST_1);
        assertThat(world.center.vm(vm).desiredPower()).isEqualTo(PowerState.RUNNING);
    }

    @Test
    void a_guest_that_follows_in_the_last_moment_has_stopped() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView task = world.lifecycle.stop(vm, StopMode.GRACEFUL, null, TESTER);
        world.center.run();
        world.center.clock.advance(GRACEFUL_TIMEOUT);
        world.center.agents.finish("domain.ensure-stopped");
        world.center.run();
        world.center.assertSucceeded(task);
        expectDownAndFree(vm);
    }

    @Test
    void a_graceful_stop_can_be_cancelled() {
        immediate.add("cancel");
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView task = world.lifecycle.stop(vm, StopMode.GRACEFUL, null, TESTER);
        world.center.run();
        world.center.tasks.cancel(task.id());
        world.center.run();
        world.expectError(task, ErrorCode.CANCELLED);
        world.center.assertRunsExactlyOn(vm, HOST_1);
    }

    @Test
    void a_forced_stop_waits_for_a_host_that_gives_no_answer() {
        immediate.add("domain.ensure-stopped.forced");
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.center.agents.agentDies(HOST_1);
        TaskView task = world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        world.center.after(Duration.ofMinutes(5));
        world.center.assertUnfinished(task);
        assertThat(world.center.placement.hostsReservedFor(vm)).containsExactly(HOST_1);
        world.center.agents.agentReturns(HOST_1);
        world.center.after(Duration.ofSeconds(3));
        world.center.assertSucceeded(task);
        expectDownAndFree(vm);
    }

    @Test
    void an_agent_that_cannot_tell_is_asked_whether_the_guest_is_there() {
        immediate.add("domain.ensure-stopped.forced");
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.center.agents.nextEnds("domain.ensure-stopped.forced", State.OUTCOME_UNKNOWN, null);
        TaskView task = world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        world.center.run();
        world.center.assertSucceeded(task);
        expectDownAndFree(vm);
    }

    // --- reboot, pause, resume

    @Test
    void reboots_a_guest_and_gives_up_on_one_that_does_not_follow() {
        immediate.add("cancel");
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView first = world.lifecycle.reboot(vm, StopMode.GRACEFUL, null, TESTER);
        assertThat(world.center.vm(vm).status()).isEqualTo(VmStatus.REBOOTING);
        world.center.run();
        world.center.agents.finish("domain.reboot");
        world.center.run();
        world.center.assertSucceeded(first);

        TaskView second = world.lifecycle.reboot(vm, StopMode.GRACEFUL, null, TESTER);
        world.center.run();
        world.center.after(GRACEFUL_TIMEOUT);
        world.expectError(second, ErrorCode.GUEST_DID_NOT_STOP);
        world.center.assertRunsExactlyOn(vm, HOST_1);
    }

    @Test
    void a_reboot_of_unknown_outcome_is_not_tried_again() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.center.agents.nextEnds("domain.reboot", State.OUTCOME_UNKNOWN, null);
        TaskView task = world.lifecycle.reboot(vm, StopMode.FORCED, null, TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.OUTCOME_UNKNOWN);
        assertThat(world.center.agents.calls()).containsExactly("domain.reboot");
    }

    @Test
    void halts_a_guest_and_lets_it_run_again() {
        immediate.add("domain.ensure-paused");
        UUID vm = world.center.runningVm("web-1", HOST_1);
        TaskView pause = world.lifecycle.pause(vm, null, TESTER);
        world.center.run();
        world.center.assertSucceeded(pause);
        assertThat(world.center.agents.host(HOST_1).domains.get(vm))
                .satisfies(domain -> assertThat(domain.state()).isEqualTo("PAUSED"));
        TaskView resume = world.lifecycle.resume(vm, null, TESTER);
        world.center.run();
        world.center.assertSucceeded(resume);
        world.center.assertRunsExactlyOn(vm, HOST_1);
    }

    @Test
    void a_pause_that_fails_leaves_the_guest_as_it_is() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.center.agents.nextEnds("domain.ensure-paused", State.FAILED, ErrorCode.AGENT_ERROR);
        TaskView task = world.lifecycle.pause(vm, null, TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.AGENT_ERROR);
        world.center.assertRunsExactlyOn(vm, HOST_1);
    }

    // --- delete

    @Test
    void deletes_a_vm_with_all_that_belongs_to_it() {
        world.center.tasks.everyStepTwice = true;
        immediate.addAll(List.of("volume.remove", "seed.remove"));
        UUID vm = world.center.stoppedVm("web-1");
        TaskView task = world.lifecycle.delete(vm, null, TESTER);
        world.center.run();
        world.center.assertSucceeded(task);
        world.expectEmpty();
    }

    @Test
    void a_delete_that_cannot_remove_the_disk_keeps_the_vm() {
        immediate.add("seed.remove");
        UUID vm = world.center.stoppedVm("web-1");
        for (int attempt = 0; attempt < 10; attempt++) {
            world.center.agents.nextEnds("volume.remove", State.FAILED, ErrorCode.AGENT_ERROR);
        }
        TaskView task = world.lifecycle.delete(vm, null, TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.AGENT_ERROR);
        assertThat(world.center.vm(vm).activity()).isNull();
        assertThat(world.center.storage.disksOf(vm)).hasSize(1);
    }

    // --- refused at once

    @Test
    void refuses_verbs_that_do_not_fit_the_state() {
        UUID running = world.center.runningVm("up", HOST_1);
        UUID stopped = world.center.stoppedVm("down");
        refused(ErrorCode.VM_RUNNING, () -> world.lifecycle.start(running, null, null, TESTER));
        refused(ErrorCode.VM_RUNNING, () -> world.lifecycle.delete(running, null, TESTER));
        refused(ErrorCode.VM_NOT_RUNNING, () -> world.lifecycle.stop(stopped, StopMode.FORCED, null, TESTER));
        refused(ErrorCode.VM_NOT_RUNNING, () -> world.lifecycle.reboot(stopped, StopMode.FORCED, null, TESTER));
        refused(ErrorCode.VM_NOT_RUNNING, () -> world.lifecycle.pause(stopped, null, TESTER));
        refused(ErrorCode.STALE_VERSION, () -> world.lifecycle.start(stopped, null, 5L, TESTER));
        refused(ErrorCode.NOT_FOUND, () -> world.lifecycle.start(UUID.randomUUID(), null, null, TESTER));
        refused(ErrorCode.NOT_FOUND, () -> world.lifecycle.start(stopped, UUID.randomUUID(), null, TESTER));
        for (Verb verb : Verb.values()) {
            world.center.vms.observe(running, VmStatus.UNKNOWN, "", HOST_1);
            refused(ErrorCode.HOST_UNREACHABLE, () -> world.lifecycle.check(verb, running, null));
        }
        assertThat(world.center.tasks.all()).isEmpty();
    }

    @Test
    void refuses_a_second_task_at_once() {
        UUID vm = world.center.runningVm("web-1", HOST_1);
        world.lifecycle.stop(vm, StopMode.GRACEFUL, null, TESTER);
        refused(ErrorCode.TASK_IN_PROGRESS, () -> world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER));
    }

    private void expectDownAndFree(UUID vm) {
        assertThat(world.center.agents.hostsRunning(vm)).isEmpty();
        assertThat(world.center.placement.hostsReservedFor(vm)).isEmpty();
        assertThat(world.center.vm(vm)).satisfies(row -> {
            assertThat(row.hostId()).isNull();
            assertThat(row.activity()).isNull();
            assertThat(row.desiredPower()).isEqualTo(PowerState.STOPPED);
        });
    }
}

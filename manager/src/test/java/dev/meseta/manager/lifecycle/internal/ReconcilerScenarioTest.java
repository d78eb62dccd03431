package dev.meseta.manager.lifecycle.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.HOST_2;
import static dev.meseta.manager.fakes.FakeDataCenter.TESTER;
import static dev.meseta.manager.lifecycle.internal.LifecycleWorld.refused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.shared.ErrorCode;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What happens by itself when a VM goes down. */
@Tag("unit")
class ReconcilerScenarioTest {

    private final LifecycleWorld world = new LifecycleWorld();
    private final UUID vm = world.center.runningVm("web-1", HOST_1);

    @BeforeEach
    void hostsStartAtOnce() {
        world.center.agents.immediate.add("domain.ensure-running");
        world.center.agents.immediate.add("domain.ensure-stopped.forced");
    }

    @Test
    void a_vm_that_crashed_is_started_again() {
        goesDown("CRASHED");
        world.reconciler.consider(vm);
        world.center.run();
        assertThat(world.center.agents.hostsRunning(vm)).hasSize(1);
        assertThat(world.center.events.codes()).containsExactly("VM_RESTARTED");
        assertThat(world.center.placement.hostsReservedFor(vm)).isEqualTo(world.center.agents.hostsRunning(vm));
    }

    @Test
    void the_scan_finds_one_whose_event_was_lost() {
        goesDown("not found on its host");
        world.reconciler.scan();
        world.center.run();
        assertThat(world.center.agents.hostsRunning(vm)).hasSize(1);
    }

    @Test
    void a_guest_that_shut_itself_down_stays_down_and_frees_its_place() {
        goesDown("GUEST_SHUTDOWN");
        world.reconciler.consider(vm);
        world.center.run();
        expectLeftDown();
        assertThat(world.center.vm(vm).desiredPower()).isEqualTo(PowerState.STOPPED);
        assertThat(world.center.vm(vm).hostId()).isNull();
        assertThat(world.center.rows.reservations).isEmpty();
    }

    @Test
    void one_that_keeps_crashing_is_left_down_for_a_while_and_told_once() {
        for (int crash = 0; crash < 6; crash++) {
            goesDown("CRASHED");
            world.reconciler.scan();
            world.center.run();
            comesUp();
        }
        assertThat(world.center.events.codes())
                .containsExactly("VM_RESTARTED", "VM_RESTARTED", "VM_RESTARTED", "VM_CRASH_LOOP");
        expectLeftDown();
        assertThat(world.center.rows.reservations).isEmpty();
        assertThat(world.crashes.conditions(List.of(vm)).get(vm))
                .singleElement()
                .satisfies(condition -> assertThat(condition.code()).isEqualTo("VM_CRASH_LOOP"));

        world.center.after(Duration.ofMinutes(11));
        assertThat(world.crashes.conditions(List.of(vm))).isEmpty();
        world.reconciler.scan();
        world.center.run();
        assertThat(world.center.agents.hostsRunning(vm)).hasSize(1);
    }

    @Test
    void one_that_keeps_crashing_can_be_told_to_stay_down() {
        world.center.agents.immediate.add("domain.ensure-stopped");
        goesDown("CRASHED");
        var task = world.lifecycle.stop(vm, StopMode.GRACEFUL, null, TESTER);
        world.center.run();
        world.center.assertSucceeded(task);
        world.reconciler.scan();
        world.center.run();
        expectLeftDown();
    }

    @Test
    void what_changes_while_the_host_is_asked_is_looked_at_again() {
        goesDown("CRASHED");
        var considered = world.center.vm(vm);
        world.center.clock.advance(Duration.ofSeconds(1));
        world.center.agents.domain(HOST_1, vm, "RUNNING", "");
        world.center.observe(HOST_1, vm);
        refused(ErrorCode.STALE_VERSION, () -> world.lifecycle.settle(considered, true, TESTER));
        refused(ErrorCode.STALE_VERSION, () -> world.lifecycle.restart(considered, TESTER));
        assertThat(world.center.tasks.all()).isEmpty();
        world.center.assertRunsExactlyOn(vm, HOST_1);
    }

    @Test
    void a_vm_that_is_missing_counts_as_down_after_a_while_and_only_when_its_host_says_so() {
        world.center.agents.host(HOST_1).domains.remove(vm);
        world.center.vms.miss(vm);
        refused(ErrorCode.VM_MISSING, () -> world.lifecycle.start(vm, null, null, TESTER));
        world.center.clock.advance(LifecycleWorld.MISSING_GRACE.minusMillis(1));
        expectNothingIsDone();
        assertThat(world.center.vm(vm).observed().isMissing()).isTrue();

        world.center.clock.advance(Duration.ofMillis(1));
        world.reconciler.scan();
        world.center.run();
        assertThat(world.center.agents.hostsRunning(vm)).hasSize(1);
        assertThat(world.center.events.codes()).containsExactly("VM_RESTARTED");
    }

    @Test
    void a_missing_vm_that_its_host_has_after_all_is_found() {
        world.center.vms.miss(vm);
        world.center.clock.advance(Duration.ofMinutes(5));
        expectNothingIsDone();
        world.center.assertRunsExactlyOn(vm, HOST_1);
        assertThat(world.center.vm(vm).status()).isEqualTo(VmStatus.UP);
    }

    @Test
    void a_vm_that_is_shown_where_it_is_not_meant_to_be_is_asked_after_at_both_hosts() {
        world.center.vms.observe(vm, VmStatus.UP, "", HOST_2);
        world.center.clock.advance(LifecycleWorld.MISSING_GRACE);
        expectNothingIsDone();
        assertThat(world.center.vm(vm).observed().isMissing()).isTrue();

        world.center.clock.advance(LifecycleWorld.MISSING_GRACE);
        expectNothingIsDone();
        assertThat(world.center.vm(vm).observed().hostId()).isEqualTo(HOST_1);
        assertThat(world.center.vm(vm).status()).isEqualTo(VmStatus.UP);
        world.center.assertRunsExactlyOn(vm, HOST_1);
    }

    @Test
    void a_vm_that_runs_where_it_is_not_meant_to_be_stays_shown_there() {
        world.center.agents.host(HOST_1).domains.remove(vm);
        world.center.agents.domain(HOST_2, vm, "RUNNING", "");
        world.center.vms.observe(vm, VmStatus.UP, "", HOST_2);
        world.center.clock.advance(Duration.ofMinutes(5));
        expectNothingIsDone();
        assertThat(world.center.vm(vm).observed().hostId()).isEqualTo(HOST_2);
    }

    @Test
    void a_missing_vm_whose_host_gives_no_answer_stays_unknown() {
        world.center.vms.miss(vm);
        world.center.unreachable(HOST_1);
        world.center.clock.advance(Duration.ofMinutes(5));
        expectNothingIsDone();
        assertThat(world.center.vm(vm).status()).isEqualTo(VmStatus.UNKNOWN);
    }

    @Test
    void what_meseta_did_not_make_is_never_touched() {
        world.center.vms.makeExternal(vm);
        goesDown("CRASHED");
        expectNothingIsDone();
        refused(ErrorCode.VM_EXTERNAL, () -> world.lifecycle.start(vm, null, null, TESTER));
        refused(ErrorCode.VM_EXTERNAL, () -> world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER));
        refused(ErrorCode.VM_EXTERNAL, () -> world.lifecycle.delete(vm, null, TESTER));
    }

    @Test
    void unknown_is_left_alone() {
        world.center.unreachable(HOST_1);
        world.center.vms.observe(vm, VmStatus.UNKNOWN, "host lost", HOST_1);
        expectNothingIsDone();
        assertThat(world.center.agents.hostsRunning(vm)).containsExactly(HOST_1);
    }

    @Test
    void a_vm_whose_host_is_not_up_is_not_started_elsewhere() {
        goesDown("CRASHED");
        world.center.hosts.status(HOST_1, HostStatus.NON_RESPONSIVE);
        expectNothingIsDone();
    }

    @Test
    void a_vm_whose_host_gives_no_answer_is_not_started_elsewhere() {
        goesDown("CRASHED");
        world.center.agents.agentDies(HOST_1);
        expectNothingIsDone();
    }

    @Test
    void a_late_observation_is_checked_at_the_host() {
        world.center.vms.observe(vm, VmStatus.DOWN, "CRASHED", null);
        expectNothingIsDone();
        assertThat(world.center.agents.hostsRunning(vm)).containsExactly(HOST_1);
    }

    @Test
    void a_vm_that_left_by_migration_is_not_started_again() {
        goesDown("MIGRATED");
        expectNothingIsDone();
    }

    @Test
    void a_vm_at_which_a_task_works_is_left_to_the_task() {
        world.lifecycle.stop(vm, StopMode.FORCED, null, TESTER);
        goesDown("DESTROYED");
        world.reconciler.consider(vm);
        assertThat(world.center.tasks.all()).hasSize(1);
    }

    private void expectNothingIsDone() {
        world.reconciler.scan();
        world.reconciler.consider(vm);
        assertThat(world.center.tasks.all()).isEmpty();
    }

    private void expectLeftDown() {
        assertThat(world.center.agents.hostsRunning(vm)).isEmpty();
        assertThat(world.center.tasks.unfinishedFor(vm)).isEmpty();
    }

    private void goesDown(String reason) {
        world.center
                .agents
                .hostsRunning(vm)
                .forEach(host -> world.center.agents.host(host).domains.remove(vm));
        world.center.vms.observe(vm, VmStatus.DOWN, reason, null);
    }

    private void comesUp() {
        world.center.agents.hostsRunning(vm).forEach(host -> world.center.vms.observe(vm, VmStatus.UP, "", host));
    }
}

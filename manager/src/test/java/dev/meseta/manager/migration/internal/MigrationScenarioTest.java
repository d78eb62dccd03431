package dev.meseta.manager.migration.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.HOST_2;
import static dev.meseta.manager.fakes.FakeDataCenter.TESTER;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.agents.MigrationProgressed;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.migration.MigrationPolicy;
import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Each phase of a migration, and everybody who can fail in it. */
@Tag("unit")
class MigrationScenarioTest {

    private final MigrationWorld world = new MigrationWorld();

    // --- all goes well

    @Test
    void moves_the_vm_and_tells_the_downtime() {
        world.migrateUntil(MigrationPhase.COPYING);
        assertThat(world.center.vm(world.vm).status()).isEqualTo(VmStatus.MIGRATING);
        assertThat(world.center.placement.hostsReservedFor(world.vm)).containsExactlyInAnyOrder(HOST_1, HOST_2);

        world.center.agents.finish("migration.start");
        world.run();

        world.expectMoved();
        assertThat(world.row().phases())
                .containsExactly(
                        "REQUESTED", "PLACED", "TARGET_PREPARED", "COPYING", "SWITCHED", "SOURCE_CLEANED", "SUCCEEDED");
        assertThat(world.center.tasks.progressOf(world.task().id()))
                .containsEntry("downtimeMs", 80L)
                .containsEntry("totalMs", 1600L)
                .containsEntry("percent", 100.0)
                .containsEntry("sourceHostName", "host-1")
                .containsEntry("targetHostName", "host-2");
    }

    @Test
    void needs_no_time_beyond_what_the_agents_take() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.finish("migration.start");
        world.run();

        world.expectMoved();
        assertThat(world.center.agents.calls())
                .containsExactly("migration.prepare-target", "migration.start", "migration.release-target");
    }

    @Test
    void ends_when_the_vm_is_seen_at_the_target() {
        world.center.watchesTell = false;
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.finish("migration.start");
        world.run();
        world.expectPhase(MigrationPhase.SOURCE_CLEANED);
        world.center.observe(HOST_2, world.vm);
        world.wait(1);
        world.expectMoved();
    }

    @Test
    void placement_chooses_when_nobody_asks_for_a_host() {
        var task = world.migrations.migrate(world.vm, null, MigrationPolicy.DEFAULT, null, TESTER);
        world.run();
        assertThat(world.center.tasks.progressOf(task.id())).containsEntry("targetHostName", "host-2");
    }

    @Test
    void shows_progress_once_a_second() {
        world.migrateUntil(MigrationPhase.COPYING);
        UUID id = world.task().id();
        new MigrationProgress(world.center.tasks)
                .on(new MigrationProgressed(HOST_1, id, world.vm, 1000, 1000, 700, 250, 30, 400, 2, 90, false, 0));
        assertThat(world.center.tasks.progressOf(id))
                .containsEntry("percent", 75.0)
                .containsEntry("memoryRemainingBytes", 250L)
                .containsEntry("dirtyRateBytesPerSecond", 30L)
                .containsEntry("bandwidthBytesPerSecond", 400L)
                .containsEntry("iteration", 2)
                .containsEntry("sourceHostName", "host-1");
    }

    @Test
    void percent_is_100_only_at_the_end() {
        assertThat(MigrationProgress.percent(0, 0)).isZero();
        assertThat(MigrationProgress.percent(1000, 1200)).isZero();
        assertThat(MigrationProgress.percent(1000, 0)).isEqualTo(99.0);
    }

    // --- the manager is killed

    @Test
    void every_step_may_run_twice() {
        world.center.tasks.everyStepTwice = true;
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.finish("migration.start");
        world.run();

        world.expectMoved();
        assertThat(world.center.agents.calls())
                .containsExactly("migration.prepare-target", "migration.start", "migration.release-target");
    }

    @Test
    void every_step_of_a_cancel_may_run_twice() {
        world.center.tasks.everyStepTwice = true;
        world.migrateUntil(MigrationPhase.COPYING);
        world.cancel();
        world.center.agents.copyingStops(world.vm, HOST_2);
        world.run();
        world.expectStayed(ErrorCode.MIGRATION_CANCELLED);
    }

    @Test
    void the_copying_may_end_while_the_manager_is_down() {
        world.migrateUntil(MigrationPhase.PLACED);
        world.center.agents.finish("migration.prepare-target");
        world.center.agents.immediate.add("migration.start");
        world.center.tasks.crashInNextStep();
        world.run();
        world.expectMoved();
    }

    // --- cancelled

    @ParameterizedTest
    @EnumSource(names = {"REQUESTED", "PLACED"})
    void cancelled_before_anything_is_copied(MigrationPhase phase) {
        world.migrateUntil(phase);
        world.cancel();
        world.expectStayed(ErrorCode.MIGRATION_CANCELLED);
        assertThat(world.center.agents.calls()).doesNotContain("migration.start");
    }

    @Test
    void cancelled_once_the_target_is_prepared() {
        world.migrateUntil(MigrationPhase.PLACED);
        world.center.agents.finish("migration.prepare-target");
        world.center.tasks.cancel(world.task().id());
        world.run();
        world.expectStayed(ErrorCode.MIGRATION_CANCELLED);
    }

    @Test
    void cancelled_after_a_start_that_the_manager_did_not_live_to_write_down() {
        world.migrateUntil(MigrationPhase.PLACED);
        world.center.agents.immediate.add("cancel");
        world.center.agents.nextEnds("none", State.FAILED, null);
        world.center.agents.finish("migration.prepare-target");
        // PLACED commits; the step of TARGET_PREPARED starts the copying and dies.
        world.center.tasks.everyStepTwice = true;
        world.run();
        world.expectPhase(MigrationPhase.COPYING);
        world.cancel();
        world.center.agents.guestStays(world.vm, HOST_2);
        world.run();
        world.expectStayed(ErrorCode.MIGRATION_CANCELLED);
    }

    @Test
    void cancelled_in_mid_copy() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.cancel();
        world.expectPhase(MigrationPhase.CANCELLING);
        assertThat(world.center.agents.calls()).contains("cancel migration.start");

        world.center.agents.copyingStops(world.vm, HOST_2);
        world.run();
        world.expectStayed(ErrorCode.MIGRATION_CANCELLED);
    }

    @Test
    void a_copying_that_wins_against_the_cancel_goes_on() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.cancel();
        world.center.agents.finish("migration.start");
        world.run();
        world.expectMoved();
    }

    @Test
    void a_cancel_after_the_switch_comes_too_late() {
        world.center.agents.immediate.remove("migration.release-target");
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.finish("migration.start");
        world.run();
        world.expectPhase(MigrationPhase.SOURCE_CLEANED);
        world.cancel();
        world.center.agents.finish("migration.release-target");
        world.run();
        world.expectMoved();
    }

    // --- the agents refuse or fail

    @Test
    void the_target_cannot_be_prepared() {
        world.migrateUntil(MigrationPhase.PLACED);
        world.center.agents.fail("migration.prepare-target", ErrorCode.AGENT_ERROR);
        world.run();
        world.expectStayed(ErrorCode.AGENT_ERROR);
    }

    @Test
    void the_target_cannot_tell_whether_it_is_prepared() {
        world.center.agents.nextEnds("migration.prepare-target", State.OUTCOME_UNKNOWN, null);
        world.migrate();
        world.run();
        world.center.agents.finish("migration.prepare-target");
        world.run();
        world.expectPhase(MigrationPhase.COPYING);
    }

    @Test
    void the_source_refuses_to_begin() {
        world.center.agents.nextEnds("migration.start", State.FAILED, ErrorCode.MIGRATION_FAILED);
        world.migrate();
        world.run();
        world.center.agents.finish("migration.prepare-target");
        world.run();
        world.expectStayed(ErrorCode.MIGRATION_FAILED);
    }

    @Test
    void the_copying_fails() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.fail("migration.start", ErrorCode.MIGRATION_FAILED);
        world.run();
        world.expectStayed(ErrorCode.MIGRATION_FAILED);
    }

    @Test
    void a_copying_aborted_at_the_hypervisor_has_failed_and_was_not_cancelled() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.copyingStops(world.vm, HOST_2);
        world.run();
        world.expectStayed(ErrorCode.MIGRATION_FAILED);
    }

    @Test
    void the_source_says_it_failed_but_the_guest_runs_at_the_target() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.guestSwitches(world.vm, HOST_1, HOST_2);
        world.center.agents.fail("migration.start", ErrorCode.MIGRATION_FAILED);
        world.run();
        world.expectMoved();
    }

    @Test
    void the_guest_shuts_down_in_mid_copy() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.host(HOST_1).domains.remove(world.vm);
        world.center.agents.guestStays(world.vm, HOST_2);
        world.center.agents.fail("migration.start", ErrorCode.MIGRATION_FAILED);
        world.run();
        assertThat(world.row().error()).isEqualTo(ErrorCode.MIGRATION_FAILED);
        assertThat(world.center.vm(world.vm).activity()).isNull();
        assertThat(world.center.placement.hostsReservedFor(world.vm)).containsExactly(HOST_1);
    }

    // --- the agents give no answer

    @Test
    void the_target_dies_before_it_is_prepared() {
        world.center.agents.agentDies(HOST_2);
        world.migrate();
        world.run();
        world.expectPhase(MigrationPhase.PLACED);
        world.wait(30);
        world.expectStayed(ErrorCode.HOST_UNREACHABLE);
    }

    @Test
    void the_source_dies_before_it_is_asked_to_begin() {
        world.migrateUntil(MigrationPhase.PLACED);
        world.center.agents.finish("migration.prepare-target");
        world.center.agents.agentDies(HOST_1);
        world.run();
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
        world.wait(60);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);

        world.center.agents.agentReturns(HOST_1);
        world.wait(3);
        world.expectStayed(ErrorCode.MIGRATION_FAILED);
    }

    @Test
    void the_answer_to_the_start_is_lost_but_it_copies() {
        world.migrateUntil(MigrationPhase.PLACED);
        world.center.agents.finish("migration.prepare-target");
        world.center.agents.host(HOST_1).answersLost = true;
        world.run();
        world.center.agents.host(HOST_1).answersLost = false;
        world.wait(3);
        world.expectPhase(MigrationPhase.COPYING);
        world.center.agents.finish("migration.start");
        world.run();
        world.expectMoved();
    }

    @Test
    void the_network_to_the_source_breaks_in_mid_copy_and_comes_back() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.agentDies(HOST_1);
        world.wait(6);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
        world.center.agents.networkReturns(HOST_1);
        world.wait(3);
        world.expectPhase(MigrationPhase.COPYING);
        world.center.agents.finish("migration.start");
        world.run();
        world.expectMoved();
    }

    @Test
    void the_sources_agent_dies_in_mid_copy_and_the_guest_stays() {
        sourceAgentDiesInMidCopy();
        world.center.agents.guestStays(world.vm, HOST_2);
        world.center.agents.agentReturns(HOST_1);
        world.wait(3);
        world.expectStayed(ErrorCode.MIGRATION_FAILED);
    }

    @Test
    void the_sources_agent_dies_in_mid_copy_and_the_rest_at_the_target_is_removed() {
        sourceAgentDiesInMidCopy();
        world.center.agents.agentReturns(HOST_1);
        world.wait(3);
        world.expectStayed(ErrorCode.MIGRATION_FAILED);
    }

    @Test
    void the_sources_agent_dies_in_mid_copy_and_the_guest_switches() {
        sourceAgentDiesInMidCopy();
        world.center.agents.guestSwitches(world.vm, HOST_1, HOST_2);
        world.center.agents.agentReturns(HOST_1);
        world.wait(3);
        world.expectMoved();
    }

    @Test
    void a_halted_rest_at_the_source_is_taken_away_after_the_switch() {
        sourceAgentDiesInMidCopy();
        world.center.agents.guestSwitches(world.vm, HOST_1, HOST_2);
        world.center.agents.domain(HOST_1, world.vm, "PAUSED", "MIGRATING");
        world.center.agents.agentReturns(HOST_1);
        world.wait(6);
        world.expectMoved();
        assertThat(world.center.agents.calls()).contains("domain.ensure-stopped.forced");
    }

    @Test
    void nothing_is_touched_while_the_switch_is_under_way() {
        sourceAgentDiesInMidCopy();
        world.center.agents.domain(HOST_1, world.vm, "PAUSED", "MIGRATING");
        world.center.agents.agentReturns(HOST_1);
        world.wait(60);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
        assertThat(world.center.agents.host(HOST_2).domains).containsKey(world.vm);

        world.center.agents.guestSwitches(world.vm, HOST_1, HOST_2);
        world.wait(3);
        world.expectMoved();
    }

    @Test
    void nothing_is_touched_while_memory_is_on_both_hosts() {
        sourceAgentDiesInMidCopy();
        world.center.agents.domain(HOST_1, world.vm, "PAUSED", "POST_COPY");
        world.center.agents.domain(HOST_2, world.vm, "RUNNING", "POST_COPY");
        world.center.agents.agentReturns(HOST_1);
        world.wait(60);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
        assertThat(world.center.agents.host(HOST_1).domains).containsKey(world.vm);

        world.center.agents.guestSwitches(world.vm, HOST_1, HOST_2);
        world.wait(3);
        world.expectMoved();
    }

    @Test
    void both_hosts_say_they_run_it_so_nobody_decides() {
        sourceAgentDiesInMidCopy();
        world.center.agents.domain(HOST_2, world.vm, "RUNNING", "");
        world.center.agents.agentReturns(HOST_1);
        world.wait(60);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
        assertThat(world.center.agents.hostsRunning(world.vm)).containsExactlyInAnyOrder(HOST_1, HOST_2);
    }

    @Test
    void neither_host_has_it_for_long_so_it_has_ended() {
        neitherHostHasIt();
        world.wait(20);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
        world.wait(20);
        assertThat(world.row().error()).isEqualTo(ErrorCode.MIGRATION_FAILED);
        assertThat(world.center.vm(world.vm).activity()).isNull();
        assertThat(world.center.placement.hostsReservedFor(world.vm)).containsExactly(HOST_1);
    }

    @Test
    void neither_host_has_it_but_one_was_silent_in_between_so_the_time_begins_anew() {
        neitherHostHasIt();
        world.wait(20);
        world.center.agents.agentDies(HOST_2);
        world.wait(20);
        world.center.agents.networkReturns(HOST_2);
        world.wait(20);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
    }

    private void neitherHostHasIt() {
        sourceAgentDiesInMidCopy();
        world.center.agents.guestStays(world.vm, HOST_2);
        world.center.agents.host(HOST_1).domains.clear();
        world.center.agents.agentReturns(HOST_1);
    }

    @Test
    void neither_host_has_it_and_a_person_has_seen_enough() {
        neitherHostHasIt();
        world.wait(10);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);

        world.cancel();
        assertThat(world.row().error()).isEqualTo(ErrorCode.MIGRATION_CANCELLED);
        assertThat(world.center.vm(world.vm).activity()).isNull();
    }

    @Test
    void the_target_cannot_be_asked_so_nobody_decides() {
        sourceAgentDiesInMidCopy();
        world.center.agents.agentReturns(HOST_1);
        world.center.agents.agentDies(HOST_2);
        world.wait(60);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);

        world.center.agents.networkReturns(HOST_2);
        world.wait(3);
        world.expectStayed(ErrorCode.MIGRATION_FAILED);
    }

    @Test
    void the_sources_journal_is_lost() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.forgetJournal(HOST_1);
        world.center.agents.guestSwitches(world.vm, HOST_1, HOST_2);
        world.wait(6);
        world.expectMoved();
    }

    @Test
    void the_source_dies_while_it_is_being_cancelled() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.cancel();
        world.center.agents.agentDies(HOST_1);
        world.wait(6);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
        world.center.agents.guestStays(world.vm, HOST_2);
        world.center.agents.agentReturns(HOST_1);
        world.wait(3);
        world.expectStayed(ErrorCode.MIGRATION_CANCELLED);
    }

    @Test
    void the_target_dies_in_mid_copy() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.agentDies(HOST_2);
        world.center.agents.guestStays(world.vm, HOST_2);
        world.center.agents.fail("migration.start", ErrorCode.MIGRATION_FAILED);
        world.run();
        world.expectPhase(MigrationPhase.COPYING);
        world.wait(20);
        world.expectStayed(ErrorCode.MIGRATION_FAILED);
    }

    @Test
    void the_target_dies_after_the_switch() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.finish("migration.start");
        world.center.agents.agentDies(HOST_2);
        world.run();
        world.expectPhase(MigrationPhase.SOURCE_CLEANED);
        world.wait(20);
        world.expectMoved();
    }

    private void sourceAgentDiesInMidCopy() {
        world.migrateUntil(MigrationPhase.COPYING);
        world.center.agents.agentDies(HOST_1);
        world.wait(6);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
        world.wait(30);
        world.expectPhase(MigrationPhase.OUTCOME_UNKNOWN);
    }

    // --- refused at once

    @Test
    void refuses_what_cannot_be() {
        UUID stopped = world.center.stoppedVm("off");
        UUID nowhere = UUID.randomUUID();
        refused(ErrorCode.NOT_FOUND, () -> migrate(nowhere, HOST_2));
        refused(ErrorCode.NOT_FOUND, () -> migrate(world.vm, nowhere));
        refused(ErrorCode.VM_NOT_RUNNING, () -> migrate(stopped, HOST_2));
        refused(ErrorCode.SAME_HOST, () -> migrate(world.vm, HOST_1));
        refused(
                ErrorCode.STALE_VERSION,
                () -> world.migrations.migrate(world.vm, HOST_2, MigrationPolicy.DEFAULT, 7L, TESTER));
        world.center.hosts.status(HOST_2, HostStatus.NON_RESPONSIVE);
        refused(ErrorCode.HOST_NOT_UP, () -> migrate(world.vm, HOST_2));
        world.center.hosts.setMaintenance(HOST_2, true, null);
        refused(ErrorCode.HOST_IN_MAINTENANCE, () -> migrate(world.vm, HOST_2));
        refused(
                ErrorCode.NO_SUITABLE_HOST,
                () -> world.migrations.migrate(world.vm, null, MigrationPolicy.DEFAULT, null, TESTER));
        world.center.vms.observe(world.vm, VmStatus.UNKNOWN, "", HOST_1);
        refused(ErrorCode.HOST_UNREACHABLE, () -> migrate(world.vm, HOST_2));

        assertThat(world.center.tasks.all()).isEmpty();
        assertThat(world.center.vm(world.vm).activity()).isNull();
    }

    @Test
    void refuses_a_second_one_at_once() {
        world.migrate();
        refused(ErrorCode.TASK_IN_PROGRESS, () -> migrate(world.vm, HOST_2));
    }

    @Test
    void the_place_may_be_taken_between_request_and_reservation() {
        world.migrate();
        UUID big = world.center.stoppedVm("big");
        world.center.placement.reserve(
                new PlacementRequest(
                        Optional.of(big),
                        world.center.vm(big).clusterId(),
                        1,
                        4L << 30,
                        Optional.of(HOST_2),
                        Optional.empty()),
                null);
        world.run();
        world.expectStayed(ErrorCode.NO_SUITABLE_HOST);
    }

    @Test
    void limits_can_be_changed_only_while_memory_is_copied() {
        refused(ErrorCode.NOT_MIGRATING, () -> world.migrations.switchToPostCopy(world.vm, TESTER));
        world.migrateUntil(MigrationPhase.COPYING);
        world.migrations.change(world.vm, Optional.of(50L), Optional.empty(), TESTER);
        world.migrations.switchToPostCopy(world.vm, TESTER);
        assertThat(world.center.agents.calls()).contains("migration.change", "migration.switch-to-post-copy");

        world.center.agents.nextEnds("migration.switch-to-post-copy", State.FAILED, ErrorCode.AGENT_ERROR);
        refused(ErrorCode.AGENT_ERROR, () -> world.migrations.switchToPostCopy(world.vm, TESTER));
        world.center.agents.agentDies(HOST_1);
        refused(ErrorCode.HOST_UNREACHABLE, () -> world.migrations.switchToPostCopy(world.vm, TESTER));
    }

    @Test
    void a_dry_run_tells_the_candidates_and_changes_nothing() {
        var decision = world.migrations.plan(world.vm, null, null);
        assertThat(decision.best().orElseThrow().hostId()).isEqualTo(HOST_2);
        assertThat(world.migrations.targets(world.vm).candidates()).hasSize(2);
        assertThat(world.center.tasks.all()).isEmpty();
    }

    private void migrate(UUID vmId, UUID hostId) {
        world.migrations.migrate(vmId, hostId, MigrationPolicy.DEFAULT, null, TESTER);
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        MesetaException.class, e -> assertThat(e.code()).isEqualTo(code));
    }
}

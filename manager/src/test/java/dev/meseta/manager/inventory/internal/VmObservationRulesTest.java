package dev.meseta.manager.inventory.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.inventory.Observations.DomainState;
import dev.meseta.manager.inventory.VmStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.SplittableRandom;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Scripts of what hosts report, and what is then known of the VM. */
@Tag("unit")
class VmObservationRulesTest {

    private static final UUID VM = new UUID(0, 1);
    private static final UUID A = new UUID(0, 0xa);
    private static final UUID B = new UUID(0, 0xb);
    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    private ObservedVm vm = new ObservedVm(VM, A, null, VmStatus.DOWN, "", null, null, 0, null);
    private long sequence;

    private void placedOn(UUID host) {
        vm = new ObservedVm(
                VM,
                host,
                vm.activity(),
                vm.status(),
                vm.reason(),
                vm.hostId(),
                vm.agentInstanceId(),
                vm.sequence(),
                vm.observedAt());
    }

    private void activity(@Nullable VmStatus activity) {
        vm = new ObservedVm(
                VM,
                vm.placedHostId(),
                activity,
                vm.status(),
                vm.reason(),
                vm.hostId(),
                vm.agentInstanceId(),
                vm.sequence(),
                vm.observedAt());
    }

    private void report(UUID host, DomainState state, String reason) {
        sequence++;
        report(host, state, reason, sequence, START.plusSeconds(sequence));
    }

    private void report(UUID host, DomainState state, String reason, long number, Instant at) {
        var report = new DomainObservation(VM, state, reason, false, "agent-" + host, number, at);
        vm = VmObservationRules.apply(vm, host, report).orElse(vm);
    }

    private void expect(VmStatus status, @Nullable UUID host) {
        assertThat(vm.status()).isEqualTo(status);
        assertThat(vm.hostId()).isEqualTo(host);
    }

    @Test
    void it_starts_runs_and_is_shut_down_by_its_guest() {
        report(A, DomainState.STARTING, "USER");
        expect(VmStatus.STARTING, A);
        report(A, DomainState.RUNNING, "USER");
        expect(VmStatus.UP, A);
        report(A, DomainState.SHUTTING_DOWN, "GUEST_SHUTDOWN");
        expect(VmStatus.STOPPING, A);
        report(A, DomainState.GONE, "GUEST_SHUTDOWN");
        expect(VmStatus.DOWN, null);
        assertThat(vm.reason()).isEqualTo("GUEST_SHUTDOWN");
    }

    @Test
    void it_migrates_and_the_source_reports_last() {
        report(A, DomainState.RUNNING, "USER");
        activity(VmStatus.MIGRATING);
        report(B, DomainState.INCOMING, "MIGRATING");
        expect(VmStatus.UP, A);
        report(A, DomainState.PAUSED, "MIGRATING");
        expect(VmStatus.UP, A);
        report(B, DomainState.RUNNING, "MIGRATED");
        expect(VmStatus.UP, B);
        report(A, DomainState.GONE, "MIGRATED");
        expect(VmStatus.UP, B);
    }

    @Test
    void it_migrates_and_the_source_reports_first() {
        report(A, DomainState.RUNNING, "USER");
        activity(VmStatus.MIGRATING);
        report(A, DomainState.GONE, "MIGRATED");
        expect(VmStatus.UP, A);
        report(B, DomainState.RUNNING, "MIGRATED");
        expect(VmStatus.UP, B);
    }

    /** The target's word may come before the task has written down that the VM is meant to be there. */
    @Test
    void it_migrates_from_a_host_whose_clock_is_ahead() {
        placedOn(A);
        report(A, DomainState.RUNNING, "USER", 1, START.plus(Duration.ofMinutes(5)));
        activity(VmStatus.MIGRATING);

        report(B, DomainState.RUNNING, "MIGRATED", 1, START.plusSeconds(1));

        expect(VmStatus.UP, B);
    }

    @Test
    void after_the_move_what_the_source_says_late_counts_no_more() {
        report(A, DomainState.RUNNING, "USER");
        report(B, DomainState.RUNNING, "MIGRATED", 1, START.plusSeconds(10));
        placedOn(B);
        report(A, DomainState.RUNNING, "USER", 7, START.plusSeconds(5));
        expect(VmStatus.UP, B);
        report(A, DomainState.PAUSED, "IO_ERROR", 8, START.plusSeconds(6));
        expect(VmStatus.UP, B);
        report(A, DomainState.GONE, "DESTROYED", 9, START.plusSeconds(20));
        expect(VmStatus.UP, B);
    }

    @Test
    void a_paused_vm_arrives_paused() {
        report(A, DomainState.RUNNING, "USER");
        report(A, DomainState.PAUSED, "USER");
        activity(VmStatus.MIGRATING);
        report(B, DomainState.PAUSED, "USER");
        expect(VmStatus.PAUSED, B);
    }

    @Test
    void in_post_copy_the_target_has_it_and_the_source_s_pause_means_nothing() {
        report(A, DomainState.RUNNING, "USER");
        activity(VmStatus.MIGRATING);
        report(A, DomainState.PAUSED, "POST_COPY");
        expect(VmStatus.UP, A);
        report(B, DomainState.RUNNING, "POST_COPY");
        expect(VmStatus.UP, B);
        report(B, DomainState.PAUSED, "POST_COPY_FAILED");
        expect(VmStatus.PAUSED, B);
    }

    @Test
    void a_migration_that_failed_leaves_it_where_it_was() {
        report(A, DomainState.RUNNING, "USER");
        activity(VmStatus.MIGRATING);
        report(B, DomainState.INCOMING, "MIGRATING");
        report(B, DomainState.GONE, "DESTROYED");
        expect(VmStatus.UP, A);
    }

    @Test
    void a_lost_host_that_comes_back_with_it_has_it_again() {
        report(A, DomainState.RUNNING, "USER");
        vm = VmObservationRules.hostLost(vm, A, "no answer").orElseThrow();
        expect(VmStatus.UNKNOWN, A);
        report(A, DomainState.RUNNING, "USER");
        expect(VmStatus.UP, A);
    }

    @Test
    void a_lost_host_that_comes_back_without_it_has_lost_it() {
        report(A, DomainState.RUNNING, "USER");
        vm = VmObservationRules.hostLost(vm, A, "no answer").orElseThrow();
        vm = VmObservationRules.missing(vm, A).orElseThrow();
        expect(VmStatus.UNKNOWN, A);
        assertThat(vm.reason()).isEqualTo(VmObservationRules.NOT_FOUND);
        assertThat(VmObservationRules.missing(vm, A)).isEmpty();
        assertThat(VmObservationRules.confirmedMissing(vm, B)).isEmpty();
        vm = VmObservationRules.confirmedMissing(vm, A).orElseThrow();
        expect(VmStatus.DOWN, null);
        assertThat(VmObservationRules.confirmedMissing(vm, A)).isEmpty();
    }

    @Test
    void a_missing_vm_that_its_host_has_when_asked_is_there() {
        report(A, DomainState.RUNNING, "USER");
        vm = VmObservationRules.missing(vm, A).orElseThrow();
        assertThat(VmObservationRules.found(vm, B, VmStatus.UP)).isEmpty();
        vm = VmObservationRules.found(vm, A, VmStatus.UP).orElseThrow();
        expect(VmStatus.UP, A);
        assertThat(VmObservationRules.found(vm, A, VmStatus.PAUSED)).isEmpty();
    }

    @Test
    void a_missing_vm_that_turns_up_is_where_it_turns_up() {
        report(A, DomainState.RUNNING, "USER");
        vm = VmObservationRules.missing(vm, A).orElseThrow();
        report(B, DomainState.RUNNING, "USER");
        expect(VmStatus.UP, B);
        assertThat(VmObservationRules.confirmedMissing(vm, A)).isEmpty();
    }

    @Test
    void what_is_being_stopped_and_is_no_longer_there_is_down_at_once() {
        report(A, DomainState.RUNNING, "USER");
        activity(VmStatus.STOPPING);
        vm = VmObservationRules.missing(vm, A).orElseThrow();
        expect(VmStatus.DOWN, null);
    }

    @Test
    void a_domain_nobody_knows_is_taken_in_when_it_runs_and_leaves_with_its_host_s_word() {
        for (DomainState state : DomainState.values()) {
            var unknown = new DomainObservation(VM, state, "USER", true, "agent", 1, START);
            boolean adopted =
                    state == DomainState.RUNNING || state == DomainState.PAUSED || state == DomainState.STARTING;
            assertThat(VmObservationRules.beforeAdoption(unknown).isPresent())
                    .as("%s", state)
                    .isEqualTo(adopted);
        }
        var running = new DomainObservation(VM, DomainState.RUNNING, "USER", true, "agent", 1, START);
        vm = VmObservationRules.beforeAdoption(running).orElseThrow();
        vm = VmObservationRules.apply(vm, A, running).orElseThrow();
        expect(VmStatus.UP, A);
        assertThat(VmObservationRules.missing(vm, A).orElseThrow().status()).isEqualTo(VmStatus.DOWN);
    }

    @Test
    void a_vm_under_way_that_its_source_does_not_have_may_be_anywhere() {
        report(A, DomainState.RUNNING, "USER");
        activity(VmStatus.MIGRATING);
        assertThat(VmObservationRules.missing(vm, B)).isEmpty();
        vm = VmObservationRules.missing(vm, A).orElseThrow();
        expect(VmStatus.UNKNOWN, A);
        assertThat(VmObservationRules.missing(vm, A)).isEmpty();

        report(B, DomainState.RUNNING, "MIGRATED");
        expect(VmStatus.UP, B);
    }

    @Test
    void a_vm_under_way_that_nobody_has_is_down_once_its_task_has_ended() {
        report(A, DomainState.RUNNING, "USER");
        activity(VmStatus.MIGRATING);
        vm = VmObservationRules.missing(vm, A).orElseThrow();
        activity(null);
        vm = VmObservationRules.confirmedMissing(vm, A).orElseThrow();
        expect(VmStatus.DOWN, null);
    }

    @Test
    void a_vm_that_has_moved_and_is_gone_at_its_source_is_not_down() {
        report(A, DomainState.RUNNING, "USER");
        placedOn(B);
        ObservedVm moved = vm;
        vm = VmObservationRules.missing(vm, A).orElseThrow();
        expect(VmStatus.UNKNOWN, B);
        assertThat(VmObservationRules.confirmedMissing(vm, A)).isEmpty();

        vm = moved;
        report(A, DomainState.GONE, "DESTROYED");
        expect(VmStatus.UNKNOWN, B);
        report(B, DomainState.RUNNING, "MIGRATED");
        expect(VmStatus.UP, B);
    }

    @Test
    void an_older_report_of_the_same_agent_is_dropped_and_one_of_a_new_agent_is_not() {
        report(A, DomainState.RUNNING, "USER", 50, START);
        report(A, DomainState.GONE, "DESTROYED", 49, START);
        expect(VmStatus.UP, A);

        var restarted = new DomainObservation(VM, DomainState.GONE, "CRASHED", false, "another", 1, START);
        vm = VmObservationRules.apply(vm, A, restarted).orElse(vm);
        expect(VmStatus.DOWN, null);
    }

    @Test
    void somebody_else_s_domain_of_the_same_id_is_not_ours() {
        var external = new DomainObservation(VM, DomainState.RUNNING, "USER", true, "agent", 1, START);
        assertThat(VmObservationRules.apply(vm, A, external)).isEmpty();
    }

    @Test
    void whatever_comes_in_a_running_vm_has_a_host_and_a_stopped_one_has_none() {
        SplittableRandom random = new SplittableRandom(3);
        UUID[] hosts = {A, B};
        DomainState[] states = DomainState.values();
        String[] reasons = {"USER", "MIGRATING", "MIGRATED", "POST_COPY", "CRASHED", "IO_ERROR"};
        for (int i = 0; i < 20_000; i++) {
            UUID host = hosts[random.nextInt(2)];
            switch (random.nextInt(10)) {
                case 0 -> vm = VmObservationRules.hostLost(vm, host, "lost").orElse(vm);
                case 1 -> vm = VmObservationRules.missing(vm, host).orElse(vm);
                case 2 -> placedOn(host);
                case 3 -> activity(random.nextBoolean() ? VmStatus.MIGRATING : null);
                default -> report(host, states[random.nextInt(states.length)], reasons[random.nextInt(reasons.length)]);
            }
            assertThat(vm.hostId() == null).isEqualTo(vm.status() == VmStatus.DOWN);
        }
    }
}

package dev.meseta.manager.lifecycle.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.HOST_2;
import static dev.meseta.manager.fakes.FakeDataCenter.TESTER;
import static dev.meseta.manager.lifecycle.internal.LifecycleWorld.refused;
import static dev.meseta.manager.lifecycle.internal.LifecycleWorld.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.fakes.FakeStorage;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.lifecycle.NewVmRequest;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.storage.Storage.DiskStatus;
import dev.meseta.manager.storage.Storage.ImageStatus;
import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Creating a VM, and everybody who can fail meanwhile. */
@Tag("unit")
class CreateScenarioTest {

    private final LifecycleWorld world = new LifecycleWorld();
    private final List<String> immediate = world.center.agents.immediate;

    @Test
    void makes_the_disk_and_starts_the_vm_with_two_calls() {
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        UUID vm = task.target().id();
        assertThat(world.center.vm(vm).status()).isEqualTo(VmStatus.WAIT_FOR_LAUNCH);
        assertThat(world.center.placement.hostsReservedFor(vm)).hasSize(1);

        world.center.run();
        world.center.agents.finish("volume.ensure");
        world.center.run();
        assertThat(world.center.storage.disksOf(vm).getFirst().status()).isEqualTo(DiskStatus.READY);
        world.center.agents.finish("domain.ensure-running");
        world.center.run();

        world.center.assertSucceeded(task);
        UUID host = world.center.agents.hostsRunning(vm).getFirst();
        world.center.assertRunsExactlyOn(vm, host);
        assertThat(world.center.vm(vm).desiredPower()).isEqualTo(PowerState.RUNNING);
        assertThat(world.center.agents.calls()).containsExactly("volume.ensure", "domain.ensure-running");
    }

    @Test
    void every_step_may_run_twice() {
        world.center.tasks.everyStepTwice = true;
        immediate.addAll(List.of("volume.ensure", "domain.ensure-running"));
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        world.center.run();
        world.center.assertSucceeded(task);
        assertThat(world.center.agents.calls()).containsExactly("volume.ensure", "domain.ensure-running");
    }

    @Test
    void every_step_of_the_way_back_may_run_twice() {
        world.center.tasks.everyStepTwice = true;
        immediate.addAll(List.of("volume.ensure", "volume.remove", "seed.remove"));
        world.center.agents.nextEnds("domain.ensure-running", State.FAILED, ErrorCode.DOMAIN_START_FAILED);
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.DOMAIN_START_FAILED);
        world.expectEmpty();
    }

    @Test
    void one_that_shall_not_start_reserves_nothing() {
        immediate.add("volume.ensure");
        TaskView task = world.lifecycle.create(request("web-1", 256, false), TESTER);
        world.center.run();
        world.center.assertSucceeded(task);
        Vm vm = world.center.vm(task.target().id());
        assertThat(vm.hostId()).isNull();
        assertThat(vm.desiredPower()).isEqualTo(PowerState.STOPPED);
        assertThat(vm.activity()).isNull();
        assertThat(world.center.rows.reservations).isEmpty();
    }

    @Test
    void the_disk_cannot_be_made() {
        immediate.addAll(List.of("volume.remove", "seed.remove"));
        world.center.agents.nextEnds("volume.ensure", State.FAILED, ErrorCode.AGENT_ERROR);
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.AGENT_ERROR);
        world.expectEmpty();
    }

    @Test
    void cancelled_before_the_start() {
        immediate.addAll(List.of("volume.remove", "seed.remove"));
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        world.center.run();
        world.center.tasks.cancel(task.id());
        world.center.agents.finish("volume.ensure");
        world.center.run();
        world.expectError(task, ErrorCode.CANCELLED);
        world.expectEmpty();
        assertThat(world.center.agents.calls()).doesNotContain("domain.ensure-running");
    }

    @Test
    void the_host_dies_while_the_disk_is_made() {
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        UUID vm = task.target().id();
        world.center.run();
        UUID host = hostOf(vm);
        world.center.agents.agentDies(host);
        world.center.after(Duration.ofSeconds(10));
        world.center.assertUnfinished(task);

        immediate.addAll(List.of("volume.ensure", "domain.ensure-running"));
        world.center.agents.agentReturns(host);
        world.center.after(Duration.ofSeconds(3));
        world.center.assertSucceeded(task);
        world.center.assertRunsExactlyOn(vm, host);
    }

    @Test
    void the_host_dies_after_it_has_started_the_guest() {
        immediate.add("volume.ensure");
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        UUID vm = task.target().id();
        world.center.run();
        UUID host = hostOf(vm);
        world.center.agents.domain(host, vm, "RUNNING", "");
        world.center.agents.agentDies(host);
        for (int look = 0; look < 30; look++) {
            world.center.after(Duration.ofSeconds(5));
        }
        world.center.assertUnfinished(task);
        world.center.agents.agentReturns(host);
        world.center.after(Duration.ofSeconds(3));
        world.center.assertSucceeded(task);
        world.center.assertRunsExactlyOn(vm, host);
    }

    @Test
    void the_agent_cannot_tell_and_the_guest_does_not_run() {
        immediate.addAll(List.of("volume.ensure", "domain.ensure-running"));
        world.center.agents.nextEnds("domain.ensure-running", State.OUTCOME_UNKNOWN, null);
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        world.center.run();
        world.center.assertSucceeded(task);
        world.center.assertRunsExactlyOn(
                task.target().id(), hostOf(task.target().id()));
    }

    @Test
    void a_disk_that_cannot_be_removed_does_not_keep_the_vm() {
        immediate.addAll(List.of("seed.remove", "volume.ensure"));
        world.center.agents.nextEnds("domain.ensure-running", State.FAILED, ErrorCode.DOMAIN_START_FAILED);
        for (int attempt = 0; attempt < 5; attempt++) {
            world.center.agents.nextEnds("volume.remove", State.FAILED, ErrorCode.AGENT_ERROR);
        }
        TaskView task = world.lifecycle.create(request("web-1"), TESTER);
        world.center.run();
        world.expectError(task, ErrorCode.DOMAIN_START_FAILED);
        assertThat(world.center.tasks.row(task.id()).detail()).contains("A disk was left");
        assertThat(world.center.rows.vms).isEmpty();
    }

    // --- refused at once

    @Test
    void refuses_what_cannot_be_and_keeps_nothing() {
        UUID broken = UUID.randomUUID();
        world.center.storage.image(broken, ImageStatus.IMPORTING);

        refused(ErrorCode.IMAGE_NOT_FOUND, () -> create(image(UUID.randomUUID(), null)));
        refused(ErrorCode.IMAGE_NOT_READY, () -> create(image(broken, null)));
        refused(ErrorCode.NOT_ENOUGH_CAPACITY, () -> create(request("big", 1_000_000, true)));
        refused(ErrorCode.VALIDATION_FAILED, () -> create(image(FakeStorage.IMAGE, 1L)));
        refused(ErrorCode.NOT_FOUND, () -> create(onHost(UUID.randomUUID())));

        assertThat(world.center.tasks.all()).isEmpty();
        world.expectEmpty();
    }

    @Test
    void refuses_a_name_that_is_taken() {
        world.center.runningVm("web-1", HOST_1);
        refused(ErrorCode.NAME_TAKEN, () -> create(request("web-1")));
        refused(ErrorCode.NAME_TAKEN, () -> world.lifecycle.planCreate(request("web-1")));
        assertThat(world.center.rows.vms).hasSize(1);
    }

    @Test
    void refuses_one_without_a_start_when_no_host_can_make_its_disk() {
        world.center.unreachable(HOST_1);
        world.center.unreachable(HOST_2);
        refused(ErrorCode.HOST_UNREACHABLE, () -> create(request("web-1", 256, false)));
        world.expectEmpty();
    }

    @Test
    void a_dry_run_tells_every_hosts_reasons_and_changes_nothing() {
        var decision = world.lifecycle.planCreate(request("big", 1_000_000, true));
        assertThat(decision.best()).isEmpty();
        assertThat(decision.candidates())
                .hasSize(2)
                .allSatisfy(candidate -> assertThat(candidate.reasons()).isNotEmpty());
        world.expectEmpty();
    }

    private UUID hostOf(UUID vmId) {
        UUID host = world.center.vm(vmId).hostId();
        assertThat(host).isNotNull();
        return host == null ? HOST_1 : host;
    }

    private void create(NewVmRequest request) {
        world.lifecycle.create(request, TESTER);
    }

    private static NewVmRequest image(UUID image, @Nullable Long diskSize) {
        return new NewVmRequest(
                "web-1", "", null, image, 1, 256 << 20, Vm.Firmware.BIOS, null, diskSize, "", null, true);
    }

    private static NewVmRequest onHost(UUID host) {
        return new NewVmRequest(
                "web-1", "", null, FakeStorage.IMAGE, 1, 256 << 20, Vm.Firmware.BIOS, null, null, "", host, true);
    }
}

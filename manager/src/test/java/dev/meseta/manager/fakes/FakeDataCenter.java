package dev.meseta.manager.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms.NewVm;
import dev.meseta.manager.lifecycle.SeenEnds;
import dev.meseta.manager.lifecycle.VmSpecifications;
import dev.meseta.manager.membership.FakeTopic;
import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;

/** Two hosts, one image, one network, and a manager made of fakes. */
public final class FakeDataCenter {

    public static final UUID HOST_1 = UUID.fromString("00000000-0000-7000-8000-000000000011");
    public static final UUID HOST_2 = UUID.fromString("00000000-0000-7000-8000-000000000012");
    public static final RequestContext TESTER = new RequestContext("tester", "correlation");

    public final SettableClock clock = new SettableClock();
    public final FakeRows rows = new FakeRows();
    public final FakeVms vms = new FakeVms(rows, clock);
    public final FakeHosts hosts = new FakeHosts(rows, clock);
    public final FakeClusters clusters = new FakeClusters();
    public final FakeStorage storage = new FakeStorage(rows);
    public final FakeNetworks networks = new FakeNetworks(rows);
    public final FakePlacement placement = new FakePlacement(rows);
    public final FakeHostAgents agents = new FakeHostAgents(rows);
    public final TaskRunner tasks = new TaskRunner(rows, clock);
    public final FakeTopic<SeenEnds.Seen> seen = new FakeTopic<>();
    public final SeenEnds ends = new SeenEnds(vms, tasks, clock, seen, Duration.ZERO);
    public final RecordingEvents events = new RecordingEvents();
    public final UuidGenerator ids = new UuidGenerator(clock, new Random(1));
    public final VmSpecifications specifications = new VmSpecifications(clusters, storage, networks);

    /** Whether what operations do to domains is observed at once. */
    public boolean watchesTell = true;

    public FakeDataCenter() {
        hosts.register(HOST_1, FakeClusters.CLUSTER, "host-1", "", "");
        hosts.register(HOST_2, FakeClusters.CLUSTER, "host-2", "", "");
        agents.listener(this::operationEnded);
        agents.whenDomainsChange((host, vm) -> {
            if (watchesTell) {
                observe(host, vm);
            }
        });
    }

    /** As the watch of that host tells of one VM. */
    public void observe(UUID hostId, UUID vmId) {
        Vm.Observed before = vms.find(vmId).map(Vm::observed).orElse(null);
        if (before == null || !agents.host(hostId).reachable) {
            return;
        }
        if (agents.host(hostId).runs(vmId)) {
            VmStatus status = agents.stateOn(hostId, vmId).equals("PAUSED") ? VmStatus.PAUSED : VmStatus.UP;
            vms.observe(vmId, status, "", hostId);
        } else if (hostId.equals(before.hostId())
                && !agents.host(hostId).domains.containsKey(vmId)) {
            vms.observe(vmId, VmStatus.DOWN, "DESTROYED", null);
        }
    }

    /** As the watch of a host does, for those tests that do not bring the real listener. */
    private void operationEnded(UUID hostId, AgentOperation operation) {
        tasks.signal(UUID.fromString(operation.operationId().substring(0, 36)));
    }

    /** A VM of 256 MiB that runs. */
    public UUID runningVm(String name, UUID hostId) {
        UUID vmId = ids.next();
        vms.create(new NewVm(
                vmId,
                FakeClusters.CLUSTER,
                name,
                "",
                1,
                256L << 20,
                Vm.Firmware.BIOS,
                FakeStorage.IMAGE,
                "",
                PowerState.RUNNING,
                null,
                null));
        var disk = storage.createDisk(vmId, FakeStorage.DOMAIN, FakeStorage.IMAGE, 0, FakeStorage.IMAGE_SIZE);
        networks.createNic(vmId, networks.defaultNetwork(), 0);
        placement.reserve(
                new PlacementRequest(
                        Optional.of(vmId), FakeClusters.CLUSTER, 1, 256L << 20, Optional.of(hostId), Optional.empty()),
                null);
        vms.setHost(vmId, hostId);
        agents.host(hostId).volumes.put(disk.id(), FakeStorage.DOMAIN);
        agents.domain(hostId, vmId, "RUNNING", "");
        vms.observe(vmId, VmStatus.UP, "", hostId);
        return vmId;
    }

    /** A VM that runs nowhere. */
    public UUID stoppedVm(String name) {
        UUID vmId = runningVm(name, HOST_1);
        agents.host(HOST_1).domains.remove(vmId);
        placement.releaseAll(vmId);
        vms.setHost(vmId, null);
        vms.setDesiredPower(vmId, PowerState.STOPPED);
        vms.observe(vmId, VmStatus.DOWN, "", null);
        return vmId;
    }

    public void run() {
        tasks.run();
    }

    public void after(Duration time) {
        clock.advance(time);
        tasks.run();
    }

    public void unreachable(UUID hostId) {
        agents.agentDies(hostId);
        hosts.status(hostId, HostStatus.NON_RESPONSIVE);
    }

    public Vm vm(UUID vmId) {
        return vms.require(vmId);
    }

    public void assertSucceeded(TaskView task) {
        assertThat(tasks.row(task.id())).satisfies(row -> {
            assertThat(row.state()).as(row.detail()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(row.error()).isNull();
        });
    }

    public void assertUnfinished(TaskView task) {
        assertThat(tasks.row(task.id()).state().isFinal()).isFalse();
    }

    /** One guest, one place: row, reservation and hypervisors agree. */
    public void assertRunsExactlyOn(UUID vmId, UUID hostId) {
        assertThat(agents.hostsRunning(vmId)).as("hosts that run it").containsExactly(hostId);
        assertThat(vm(vmId).hostId()).as("its place").isEqualTo(hostId);
        assertThat(placement.hostsReservedFor(vmId)).as("reservations").isEqualTo(List.of(hostId));
        assertThat(vm(vmId).activity()).as("activity").isNull();
    }
}

package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.lifecycle.NewVmRequest;
import dev.meseta.manager.lifecycle.internal.Payloads.CreateVm;
import dev.meseta.manager.network.Networks;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.storage.Storage;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Takes in a new VM: its rows, its place and its task commit together, or nothing does. */
@Component
class VmCreation {

    private final Clusters clusters;
    private final Hosts hosts;
    private final Vms vms;
    private final Storage storage;
    private final Networks networks;
    private final Placement placement;
    private final HostAgents agents;
    private final Tasks tasks;
    private final TransactionOperations transactions;
    private final UuidGenerator ids;

    VmCreation(
            Clusters clusters,
            Hosts hosts,
            Vms vms,
            Storage storage,
            Networks networks,
            Placement placement,
            HostAgents agents,
            Tasks tasks,
            TransactionOperations transactions,
            UuidGenerator ids) {
        this.clusters = clusters;
        this.hosts = hosts;
        this.vms = vms;
        this.storage = storage;
        this.networks = networks;
        this.placement = placement;
        this.agents = agents;
        this.tasks = tasks;
        this.transactions = transactions;
        this.ids = ids;
    }

    Decision plan(NewVmRequest request) {
        Resolved resolved = resolve(request);
        if (vms.isNameTaken(request.name())) {
            throw new MesetaException(
                    ErrorCode.NAME_TAKEN,
                    "There is a VM named \"%s\" already. Choose another name.".formatted(request.name()));
        }
        return placement.evaluate(placementOf(request, resolved, Optional.empty()));
    }

    TaskView create(NewVmRequest request, RequestContext by) {
        Resolved resolved = resolve(request);
        UUID vmId = ids.next();
        networks.prepareNic(resolved.network());
        // Which hosts are connected is not asked inside the transaction.
        Optional<UUID> worker = request.start() ? Optional.empty() : Optional.of(workerOf(request, resolved));
        TaskView task = transactions.execute(status -> store(vmId, request, resolved, worker, by));
        if (task == null) {
            throw new IllegalStateException("no task was stored");
        }
        return task;
    }

    private TaskView store(
            UUID vmId, NewVmRequest request, Resolved resolved, Optional<UUID> worker, RequestContext by) {
        // The place first: it is the first that others may have to wait for, and the VM is written once.
        Optional<UUID> placed = worker.isPresent()
                ? Optional.empty()
                : Optional.of(placement.reserve(placementOf(request, resolved, Optional.of(vmId)), null));
        Vm vm = vms.create(new Vms.NewVm(
                vmId,
                resolved.cluster().id(),
                request.name(),
                request.description(),
                request.vcpus(),
                request.memoryBytes(),
                request.firmware(),
                request.imageId(),
                request.userData(),
                request.start() ? PowerState.RUNNING : PowerState.STOPPED,
                placed.orElse(null),
                request.start() ? VmStatus.WAIT_FOR_LAUNCH : VmStatus.LOCKED));
        storage.createDisk(vmId, resolved.image().storageDomainId(), request.imageId(), 0, resolved.diskSizeBytes());
        networks.createNic(vmId, resolved.network(), 0);
        AuditNotes.changed(
                Map.of(),
                Map.of(
                        "name", request.name(),
                        "description", request.description(),
                        "vcpus", request.vcpus(),
                        "memoryMiB", Refusals.roundedUpToMiB(request.memoryBytes()),
                        "firmware", request.firmware().name(),
                        "imageId", request.imageId().toString(),
                        "clusterId", resolved.cluster().id().toString(),
                        "networkId", resolved.network().id().toString(),
                        "start", request.start()));
        return tasks.submit(new Submission<>(
                "vm.create",
                new CreateVm(
                        worker.or(() -> placed).orElseThrow(),
                        request.start(),
                        vm.observed().statusSince(),
                        null),
                "vm",
                vmId,
                request.name(),
                true,
                by.correlationId(),
                by.principal(),
                Optional.empty()));
    }

    private Resolved resolve(NewVmRequest request) {
        Storage.Image image = storage.requireReadyImage(request.imageId());
        UUID clusterId = request.clusterId();
        Cluster cluster = clusterId == null ? clusters.defaultCluster() : clusters.require(clusterId);
        UUID networkId = request.networkId();
        Networks.Network network = networkId == null ? networks.defaultNetwork() : networks.require(networkId);
        UUID hostId = request.hostId();
        if (hostId != null) {
            hosts.require(hostId);
        }
        Long wanted = request.diskSizeBytes();
        if (wanted != null && wanted < image.virtualSizeBytes()) {
            throw Refusals.field(
                    "diskSizeMiB",
                    "The disk cannot be smaller than its image %s (%d MiB)."
                            .formatted(image.name(), Refusals.roundedUpToMiB(image.virtualSizeBytes())));
        }
        return new Resolved(cluster, image, network, wanted == null ? image.virtualSizeBytes() : wanted);
    }

    private static PlacementRequest placementOf(NewVmRequest request, Resolved resolved, Optional<UUID> vmId) {
        return new PlacementRequest(
                vmId,
                resolved.cluster().id(),
                request.vcpus(),
                request.memoryBytes(),
                Optional.ofNullable(request.hostId()),
                Optional.empty());
    }

    /** A host that can make the disk of a VM that is not to be started. */
    private UUID workerOf(NewVmRequest request, Resolved resolved) {
        UUID hostId = request.hostId();
        return hostId != null ? hostId : connectedHost(resolved.cluster().id());
    }

    /**
     * Any host of the cluster that can work on its storage.
     *
     * @throws MesetaException HOST_UNREACHABLE
     */
    UUID connectedHost(UUID clusterId) {
        return hosts.inCluster(clusterId).stream()
                .filter(host -> host.observed().status() == HostStatus.UP
                        || host.observed().status() == HostStatus.MAINTENANCE)
                .map(Host::id)
                .filter(agents::isConnected)
                .findFirst()
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.HOST_UNREACHABLE,
                        "No host of the cluster %s can be reached to work on the disks. Bring one up and try again."
                                .formatted(clusters.require(clusterId).name())));
    }

    private record Resolved(Cluster cluster, Storage.Image image, Networks.Network network, long diskSizeBytes) {}
}

package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.lifecycle.NewVmRequest;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.lifecycle.VmLifecycle;
import dev.meseta.manager.network.Networks;
import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.storage.Images;
import dev.meseta.manager.tasks.TaskView;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Primary;
import org.springframework.stereotype.Component;

/**
 * Asks whether the actor may do it, before anything else is looked at. A new VM needs permissions on its cluster, its image,
 * the storage domain of its disk and its network.
 */
@Component
@Primary
class GuardedLifecycle implements VmLifecycle {

    private final VmLifecycleService lifecycle;
    private final Clusters clusters;
    private final Images images;
    private final Networks networks;
    private final Access access;

    GuardedLifecycle(VmLifecycleService lifecycle, Clusters clusters, Images images, Networks networks, Access access) {
        this.lifecycle = lifecycle;
        this.clusters = clusters;
        this.images = images;
        this.networks = networks;
        this.access = access;
    }

    private void require(NewVmRequest request) {
        if (access.isAllowedEverywhere(Permission.VM_CREATE)
                && access.isAllowedEverywhere(Permission.IMAGE_USE)
                && access.isAllowedEverywhere(Permission.STORAGE_USE)
                && access.isAllowedEverywhere(Permission.NETWORK_USE)
                && access.isAllowedEverywhere(Permission.HOST_READ)) {
            return;
        }
        UUID clusterId = request.clusterId();
        UUID networkId = request.networkId();
        access.require(
                Permission.VM_CREATE,
                ObjectRef.cluster(clusterId == null ? clusters.defaultCluster().id() : clusterId));
        access.require(Permission.IMAGE_USE, ObjectRef.image(request.imageId()));
        access.require(
                Permission.STORAGE_USE,
                ObjectRef.storageDomain(images.require(request.imageId()).storageDomainId()));
        access.require(
                Permission.NETWORK_USE,
                ObjectRef.network(networkId == null ? networks.defaultNetwork().id() : networkId));
        requireHost(request.hostId());
    }

    private void requireHost(@Nullable UUID hostId) {
        if (hostId != null) {
            access.require(Permission.HOST_READ, ObjectRef.host(hostId));
        }
    }

    private void require(Permission permission, UUID vmId) {
        access.require(permission, ObjectRef.vm(vmId));
    }

    @Override
    public Decision planCreate(NewVmRequest request) {
        require(request);
        return lifecycle.planCreate(request);
    }

    @Override
    public TaskView create(NewVmRequest request, RequestContext by) {
        require(request);
        return lifecycle.create(request, by);
    }

    @Override
    public Decision planStart(UUID vmId, @Nullable UUID hostId) {
        require(Permission.VM_OPERATE, vmId);
        requireHost(hostId);
        return lifecycle.planStart(vmId, hostId);
    }

    @Override
    public TaskView start(UUID vmId, @Nullable UUID hostId, @Nullable Long expectedVersion, RequestContext by) {
        require(Permission.VM_OPERATE, vmId);
        requireHost(hostId);
        return lifecycle.start(vmId, hostId, expectedVersion, by);
    }

    @Override
    public TaskView stop(UUID vmId, StopMode mode, @Nullable Long expectedVersion, RequestContext by) {
        require(Permission.VM_OPERATE, vmId);
        return lifecycle.stop(vmId, mode, expectedVersion, by);
    }

    @Override
    public TaskView reboot(UUID vmId, StopMode mode, @Nullable Long expectedVersion, RequestContext by) {
        require(Permission.VM_OPERATE, vmId);
        return lifecycle.reboot(vmId, mode, expectedVersion, by);
    }

    @Override
    public TaskView pause(UUID vmId, @Nullable Long expectedVersion, RequestContext by) {
        require(Permission.VM_OPERATE, vmId);
        return lifecycle.pause(vmId, expectedVersion, by);
    }

    @Override
    public TaskView resume(UUID vmId, @Nullable Long expectedVersion, RequestContext by) {
        require(Permission.VM_OPERATE, vmId);
        return lifecycle.resume(vmId, expectedVersion, by);
    }

    @Override
    public TaskView delete(UUID vmId, @Nullable Long expectedVersion, RequestContext by) {
        require(Permission.VM_DELETE, vmId);
        return lifecycle.delete(vmId, expectedVersion, by);
    }

    @Override
    public void check(Verb verb, UUID vmId, @Nullable Long expectedVersion) {
        require(verb == Verb.DELETE ? Permission.VM_DELETE : Permission.VM_OPERATE, vmId);
        lifecycle.check(verb, vmId, expectedVersion);
    }
}

package dev.meseta.manager.inventory;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The inventory as people page through it: what the actor may see of it. All throw MesetaException MALFORMED_REQUEST for a search, order or cursor that
 * makes no sense.
 */
public interface InventoryLists {

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND also for what the actor may not see; so do the others */
    DataCenter dataCenter(UUID dataCenterId);

    Cluster cluster(UUID clusterId);

    Host host(UUID hostId);

    Page<DataCenter> dataCenters(ListRequest request);

    Page<Cluster> clusters(ListRequest request);

    Page<Host> hosts(ListRequest request);

    Page<ShownVm> vms(ListRequest request);

    Optional<ShownVm> vm(UUID vmId);

    /**
     * A VM with the names people know.
     *
     * @param hostId where it runs, or else where it was placed
     */
    record ShownVm(Vm vm, @Nullable UUID hostId, @Nullable String hostName, List<String> tags) {}
}

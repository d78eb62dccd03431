package dev.meseta.manager.inventory;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The inventory as people page through it. All throw MesetaException MALFORMED_REQUEST for a search, order or cursor that
 * makes no sense.
 */
public interface InventoryLists {

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
    record ShownVm(Vm vm, @Nullable UUID hostId, @Nullable String hostName) {}
}

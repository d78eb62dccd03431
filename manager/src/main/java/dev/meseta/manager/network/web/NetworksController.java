package dev.meseta.manager.network.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.network.NetworkLists;
import dev.meseta.manager.network.Networks.Network;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Networks: what there is. */
@RestController
@RequestMapping(Api.BASE + "/networks")
@Tag(name = "Networks")
class NetworksController {

    private final NetworkLists lists;

    NetworksController(NetworkLists lists) {
        this.lists = lists;
    }

    @GetMapping
    @RequiresPermission(Permission.NETWORK_READ)
    @Operation(summary = "List networks")
    Page<NetworkResource> listNetworks(ListParameters list) {
        Page<Network> page = lists.networks(list.request());
        return page.map(NetworkResource::of);
    }

    @GetMapping("/{id}")
    @RequiresPermission(Permission.NETWORK_READ)
    @Operation(summary = "One network")
    ResponseEntity<NetworkResource> getNetwork(@PathVariable UUID id) {
        Network network = lists.network(id);
        return Api.versioned(network.version(), NetworkResource.of(network));
    }

    /** A network as the API shows it. */
    record NetworkResource(
            UUID id,
            UUID dataCenterId,
            String name,
            int vni,
            int mtu,
            String subnet,
            @Nullable String gateway,
            long version,
            Instant createdAt) {

        static NetworkResource of(Network network) {
            return new NetworkResource(
                    network.id(),
                    network.dataCenterId(),
                    network.name(),
                    network.vni(),
                    network.mtu(),
                    network.subnet(),
                    network.gateway(),
                    network.version(),
                    network.createdAt());
        }
    }
}

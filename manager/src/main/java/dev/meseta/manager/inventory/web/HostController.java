package dev.meseta.manager.inventory.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostDetails;
import dev.meseta.manager.inventory.HostDetails.HostReserved;
import dev.meseta.manager.inventory.HostDetails.HostSample;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.InventoryLists;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.DryRun;
import dev.meseta.manager.shared.web.ListParameters;
import dev.meseta.manager.shared.web.Versions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Hosts. */
@RestController
@RequestMapping(Api.BASE + "/hosts")
@Tag(name = "Hosts")
class HostController {

    private final Hosts hosts;
    private final InventoryLists lists;
    private final List<HostDetails> details;
    private final PlatformTransactionManager transactions;

    HostController(
            Hosts hosts, InventoryLists lists, List<HostDetails> details, PlatformTransactionManager transactions) {
        this.hosts = hosts;
        this.lists = lists;
        this.details = details;
        this.transactions = transactions;
    }

    @Operation(operationId = "listHosts", summary = "Hosts")
    @RequiresPermission(Permission.HOST_READ)
    @GetMapping
    Page<HostResource> list(ListParameters list) {
        Page<Host> page = lists.hosts(list.request());
        return new Page<>(resources(page.items()), page.nextCursor());
    }

    @Operation(operationId = "getHost", summary = "One host")
    @RequiresPermission(Permission.HOST_READ)
    @GetMapping("/{id}")
    ResponseEntity<HostResource> get(@PathVariable UUID id) {
        return answer(lists.host(id));
    }

    @Operation(
            operationId = "setHostMaintenance",
            summary = "Put a host into maintenance: nothing is placed on it any more")
    @RequiresPermission(Permission.HOST_MAINTENANCE)
    @PostMapping("/{id}/maintenance")
    ResponseEntity<HostResource> maintenance(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun) {
        return setMaintenance(id, true, ifMatch, dryRun);
    }

    @Operation(operationId = "activateHost", summary = "Take a host out of maintenance")
    @RequiresPermission(Permission.HOST_MAINTENANCE)
    @PostMapping("/{id}/activate")
    ResponseEntity<HostResource> activate(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun) {
        return setMaintenance(id, false, ifMatch, dryRun);
    }

    private ResponseEntity<HostResource> setMaintenance(
            UUID id, boolean maintenance, @Nullable String ifMatch, boolean dryRun) {
        Long expected = Versions.expected(ifMatch);
        return answer(DryRun.change(transactions, dryRun, () -> hosts.setMaintenance(id, maintenance, expected)));
    }

    private ResponseEntity<HostResource> answer(Host host) {
        return Api.versioned(host.version(), resources(List.of(host)).getFirst());
    }

    private List<HostResource> resources(List<Host> shown) {
        List<UUID> ids = shown.stream().map(Host::id).toList();
        Map<UUID, HostReserved> reserved = new HashMap<>();
        Map<UUID, HostSample> samples = new HashMap<>();
        for (HostDetails part : details) {
            reserved.putAll(part.reserved(ids));
            samples.putAll(part.samples(ids));
        }
        return shown.stream()
                .map(host -> HostResource.of(
                        host, reserved.getOrDefault(host.id(), HostResource.NOTHING), samples.get(host.id())))
                .toList();
    }
}

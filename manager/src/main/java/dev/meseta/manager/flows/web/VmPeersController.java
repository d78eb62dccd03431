package dev.meseta.manager.flows.web;

import dev.meseta.manager.flows.Flows;
import dev.meseta.manager.flows.Flows.FlowRanking;
import dev.meseta.manager.flows.Flows.Peer;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.web.Api;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Whom a VM talks to. */
@RestController
@RequestMapping(Api.BASE + "/vms")
@Tag(name = "VMs")
class VmPeersController {

    private final Flows flows;

    VmPeersController(Flows flows) {
        this.flows = flows;
    }

    @Operation(
            operationId = "listVmPeers",
            summary = "Whom a VM talks to",
            description = "The last hour without from and to. Each other end once, those with the most bytes first.")
    @RequiresPermission(Permission.FLOW_READ)
    @GetMapping("/{id}/peers")
    FlowRanking<Peer> peers(
            @PathVariable UUID id,
            @RequestParam(required = false) @Nullable Instant from,
            @RequestParam(required = false) @Nullable Instant to,
            @Parameter(description = "As for the list of flows") @RequestParam(required = false) @Nullable String q,
            @Parameter(description = "1 to 1000") @RequestParam(defaultValue = "50") int limit) {
        return flows.peers(id, FlowController.query(from, to, q, null), limit);
    }
}

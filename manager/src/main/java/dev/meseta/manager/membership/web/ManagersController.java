package dev.meseta.manager.membership.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.membership.Managers;
import dev.meseta.manager.membership.Managers.Manager;
import dev.meseta.manager.membership.Managers.WatchedHost;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.ListParameters;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.UUID;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** The managers: who is alive, and what each of them watches. */
@RestController
@RequestMapping(Api.BASE + "/managers")
@Tag(name = "Managers")
class ManagersController {

    private final Managers managers;

    ManagersController(Managers managers) {
        this.managers = managers;
    }

    @GetMapping
    @RequiresPermission(Permission.MANAGER_READ)
    @Operation(summary = "List managers", description = "Those that have ended are remembered for a day.")
    Page<Manager> listManagers(ListParameters list) {
        return managers.list(list.request());
    }

    @GetMapping("/{id}/hosts")
    @RequiresPermission(Permission.HOST_READ)
    @Operation(summary = "Hosts that a manager watches")
    List<WatchedHost> listHostsOfManager(@PathVariable UUID id) {
        return managers.watchedBy(id);
    }
}

package dev.meseta.manager.console.web;

import dev.meseta.manager.agents.ConsoleKind;
import dev.meseta.manager.console.Consoles;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.RequiresStepUp;
import dev.meseta.manager.shared.web.Api;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.time.Instant;
import java.util.UUID;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Tickets for consoles. */
@RestController
@RequestMapping(Api.BASE + "/vms")
@Tag(name = "VMs")
class ConsoleController {

    private final Consoles consoles;

    ConsoleController(Consoles consoles) {
        this.consoles = consoles;
    }

    record ConsoleBody(@NotNull ConsoleKind kind) {}

    /**
     * How to open the console.
     *
     * @param ticket good for one connection in the same session, or with the same API token
     * @param path of a WebSocket at any manager, with the sub-protocols {@code meseta.console} and {@code
     *     meseta.ticket.TICKET}; carries binary messages, and closes with a code as its reason
     */
    record ConsoleTicket(String ticket, ConsoleKind kind, String path, Instant expiresAt) {
        @Override
        public String toString() {
            return "ConsoleTicket";
        }
    }

    @Operation(summary = "Get a ticket that opens a VM's console once")
    @RequiresPermission(Permission.VM_CONSOLE)
    @RequiresStepUp(value = DangerousVerb.PROTECTED_VM_CONSOLE, when = ProtectedVm.class)
    @PostMapping("/{id}/console")
    ResponseEntity<ConsoleTicket> openConsole(
            @PathVariable UUID id,
            @Valid @RequestBody ConsoleBody body,
            @Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user,
            @Parameter(hidden = true) HttpServletRequest request) {
        Consoles.Ticket ticket = consoles.issue(id, body.kind(), ConsoleHandshake.who(user, request));
        return ResponseEntity.status(HttpStatus.CREATED)
                // The ticket is shown this once.
                .cacheControl(CacheControl.noStore())
                .body(new ConsoleTicket(
                        ticket.secret(), ticket.kind(), ConsoleSocketConfiguration.PATH, ticket.expiresAt()));
    }
}

package dev.meseta.manager.identity.web;

import dev.meseta.manager.identity.AccessDirectory;
import dev.meseta.manager.identity.AccessDirectory.NewRole;
import dev.meseta.manager.identity.AccessDirectory.Role;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.RequiresStepUp;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.DryRun;
import dev.meseta.manager.shared.web.ListParameters;
import dev.meseta.manager.shared.web.Versions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.net.URI;
import java.util.HashSet;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Roles: what somebody with a grant of one may do. */
@RestController
@RequestMapping(Api.BASE + "/roles")
@Tag(name = "Access")
class RoleController {

    private final AccessDirectory directory;
    private final PlatformTransactionManager transactions;

    RoleController(AccessDirectory directory, PlatformTransactionManager transactions) {
        this.directory = directory;
        this.transactions = transactions;
    }

    @Operation(operationId = "listRoles", summary = "Roles")
    @RequiresPermission(Permission.ROLE_READ)
    @GetMapping
    Page<Role> list(ListParameters list) {
        return directory.roles(list.request());
    }

    @Operation(operationId = "getRole", summary = "One role")
    @RequiresPermission(Permission.ROLE_READ)
    @GetMapping("/{id}")
    ResponseEntity<Role> get(@PathVariable UUID id) {
        return answer(directory.role(id));
    }

    @Operation(operationId = "createRole", summary = "Make a role")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Role.class)))
    @RequiresPermission(Permission.ROLE_MANAGE)
    @RequiresStepUp(DangerousVerb.ROLE_CHANGE)
    @PostMapping
    ResponseEntity<Role> create(
            @Valid @RequestBody RoleBody body, @RequestParam(defaultValue = "false") boolean dryRun) {
        Role made = DryRun.change(transactions, dryRun, () -> directory.createRole(body.validated()));
        return dryRun
                ? answer(made)
                : ResponseEntity.created(URI.create(Api.BASE + "/roles/" + made.id()))
                        .eTag(Versions.entityTag(made.version()))
                        .body(made);
    }

    @Operation(operationId = "deleteRole", summary = "Delete a role that no grant is of")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Role.class)))
    @RequiresPermission(Permission.ROLE_MANAGE)
    @RequiresStepUp(DangerousVerb.ROLE_CHANGE)
    @DeleteMapping("/{id}")
    ResponseEntity<Role> delete(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun) {
        return answer(DryRun.change(transactions, dryRun, () -> {
            Role before = directory.role(id);
            directory.deleteRole(id, Versions.expected(ifMatch));
            return before;
        }));
    }

    @Operation(
            operationId = "changeRole",
            summary = "Change a role that does not come with every installation. Needs If-Match")
    @RequiresPermission(Permission.ROLE_MANAGE)
    @RequiresStepUp(DangerousVerb.ROLE_CHANGE)
    @PutMapping("/{id}")
    ResponseEntity<Role> change(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @Valid @RequestBody RoleBody body) {
        long version = Versions.required(ifMatch);
        return answer(DryRun.change(transactions, dryRun, () -> directory.changeRole(id, body.validated(), version)));
    }

    /** What somebody may do, with the sentence people read. */
    record PermissionText(Permission permission, String sentence) {}

    @Operation(operationId = "listPermissions", summary = "All permissions that roles can hold")
    @RequiresPermission(Permission.ROLE_READ)
    @GetMapping("/permissions")
    List<PermissionText> permissions() {
        return List.of(Permission.values()).stream()
                .filter(permission -> !permission.isOwn())
                .map(permission -> new PermissionText(permission, permission.sentence()))
                .toList();
    }

    private static ResponseEntity<Role> answer(Role role) {
        return Api.versioned(role.version(), role);
    }

    record RoleBody(
            @NotNull @Pattern(regexp = AccessChecks.NAME, message = AccessChecks.NAME_MESSAGE) String name,

            @Nullable @Size(max = 1000) String description,
            @NotNull List<@NotNull Permission> permissions) {

        NewRole validated() {
            return new NewRole(name, description == null ? "" : description, new HashSet<>(permissions));
        }
    }
}

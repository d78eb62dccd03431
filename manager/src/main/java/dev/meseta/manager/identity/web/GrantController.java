package dev.meseta.manager.identity.web;

import dev.meseta.manager.identity.AccessDirectory;
import dev.meseta.manager.identity.AccessDirectory.Grant;
import dev.meseta.manager.identity.AccessDirectory.NewGrant;
import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.ObjectKind;
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
import java.net.URI;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Grants: who may do what, where. */
@RestController
@RequestMapping(Api.BASE + "/grants")
@Tag(name = "Access")
class GrantController {

    private final AccessDirectory directory;
    private final PlatformTransactionManager transactions;

    GrantController(AccessDirectory directory, PlatformTransactionManager transactions) {
        this.directory = directory;
        this.transactions = transactions;
    }

    @Operation(operationId = "listGrants", summary = "Grants")
    @RequiresPermission(Permission.GRANT_READ)
    @GetMapping
    Page<Grant> list(ListParameters list) {
        return directory.grants(list.request());
    }

    @Operation(operationId = "getGrant", summary = "One grant")
    @RequiresPermission(Permission.GRANT_READ)
    @GetMapping("/{id}")
    ResponseEntity<Grant> get(@PathVariable UUID id) {
        return answer(directory.grant(id));
    }

    @Operation(operationId = "createGrant", summary = "Allow or deny somebody what a role holds, below an object")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Grant.class)))
    @RequiresPermission(Permission.GRANT_MANAGE)
    @RequiresStepUp(DangerousVerb.GRANT_CHANGE)
    @PostMapping
    ResponseEntity<Grant> create(
            @Valid @RequestBody GrantBody body, @RequestParam(defaultValue = "false") boolean dryRun) {
        Grant made = DryRun.change(transactions, dryRun, () -> directory.createGrant(body.validated()));
        return dryRun
                ? answer(made)
                : ResponseEntity.created(URI.create(Api.BASE + "/grants/" + made.id()))
                        .eTag(Versions.entityTag(0))
                        .body(made);
    }

    @Operation(operationId = "deleteGrant", summary = "Take a grant away")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Grant.class)))
    @RequiresPermission(Permission.GRANT_MANAGE)
    @RequiresStepUp(DangerousVerb.GRANT_CHANGE)
    @DeleteMapping("/{id}")
    ResponseEntity<Grant> delete(@PathVariable UUID id, @RequestParam(defaultValue = "false") boolean dryRun) {
        return answer(DryRun.change(transactions, dryRun, () -> {
            Grant before = directory.grant(id);
            directory.deleteGrant(id);
            return before;
        }));
    }

    private static ResponseEntity<Grant> answer(Grant grant) {
        return Api.versioned(0, grant);
    }

    /**
     * To a user, or to a group, or to everyone.
     *
     * @param everyone true when there is neither a user nor a group
     * @param scopeId absent for SYSTEM
     * @param effect ALLOW when absent
     * @param tag only for objects that carry it
     */
    record GrantBody(
            @Nullable UUID userId,
            @Nullable UUID groupId,
            @Nullable Boolean everyone,
            @NotNull UUID roleId,
            @NotNull ObjectKind scopeKind,
            @Nullable UUID scopeId,
            @Nullable Effect effect,
            @Nullable @Pattern(regexp = AccessChecks.TAG) String tag) {

        NewGrant validated() {
            int named = (userId == null ? 0 : 1) + (groupId == null ? 0 : 1) + (Boolean.TRUE.equals(everyone) ? 1 : 0);
            if (named != 1) {
                throw AccessChecks.refused("userId", "give exactly one of userId, groupId and everyone: true");
            }
            return new NewGrant(
                    userId,
                    groupId,
                    roleId,
                    AccessChecks.scope(scopeKind, scopeId),
                    effect == null ? Effect.ALLOW : effect,
                    tag == null ? "" : tag);
        }
    }
}

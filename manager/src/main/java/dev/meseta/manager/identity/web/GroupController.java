package dev.meseta.manager.identity.web;

import dev.meseta.manager.identity.AccessDirectory;
import dev.meseta.manager.identity.AccessDirectory.Group;
import dev.meseta.manager.identity.AccessDirectory.GroupChange;
import dev.meseta.manager.identity.AccessDirectory.NewGroup;
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
import java.util.Set;
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

/** Groups of users. */
@RestController
@RequestMapping(Api.BASE + "/groups")
@Tag(name = "Access")
class GroupController {

    private final AccessDirectory directory;
    private final PlatformTransactionManager transactions;

    GroupController(AccessDirectory directory, PlatformTransactionManager transactions) {
        this.directory = directory;
        this.transactions = transactions;
    }

    @Operation(operationId = "listGroups", summary = "Groups")
    @RequiresPermission(Permission.USER_READ)
    @GetMapping
    Page<Group> list(ListParameters list) {
        return directory.groups(list.request());
    }

    @Operation(operationId = "getGroup", summary = "One group")
    @RequiresPermission(Permission.USER_READ)
    @GetMapping("/{id}")
    ResponseEntity<Group> get(@PathVariable UUID id) {
        return answer(directory.group(id));
    }

    @Operation(operationId = "createGroup", summary = "Make a group")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Group.class)))
    @RequiresPermission(Permission.GROUP_MANAGE)
    @RequiresStepUp(DangerousVerb.GROUP_CHANGE)
    @PostMapping
    ResponseEntity<Group> create(
            @Valid @RequestBody GroupBody body, @RequestParam(defaultValue = "false") boolean dryRun) {
        Group made = DryRun.change(transactions, dryRun, () -> directory.createGroup(body.validated()));
        return dryRun
                ? answer(made)
                : ResponseEntity.created(URI.create(Api.BASE + "/groups/" + made.id()))
                        .eTag(Versions.entityTag(made.version()))
                        .body(made);
    }

    @Operation(operationId = "changeGroup", summary = "Give a group another name or description. Needs If-Match")
    @RequiresPermission(Permission.GROUP_MANAGE)
    @RequiresStepUp(DangerousVerb.GROUP_CHANGE)
    @PutMapping("/{id}")
    ResponseEntity<Group> change(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @Valid @RequestBody GroupChangeBody body) {
        long version = Versions.required(ifMatch);
        return answer(DryRun.change(transactions, dryRun, () -> directory.changeGroup(id, body.validated(), version)));
    }

    @Operation(operationId = "deleteGroup", summary = "Delete a group with its grants")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Group.class)))
    @RequiresPermission(Permission.GROUP_MANAGE)
    @RequiresStepUp(DangerousVerb.GROUP_CHANGE)
    @DeleteMapping("/{id}")
    ResponseEntity<Group> delete(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun) {
        return answer(DryRun.change(transactions, dryRun, () -> {
            Group before = directory.group(id);
            directory.deleteGroup(id, Versions.expected(ifMatch));
            return before;
        }));
    }

    @Operation(operationId = "setGroupMembers", summary = "Say who is in a group. Needs If-Match")
    @RequiresPermission(Permission.GROUP_MANAGE)
    @RequiresStepUp(DangerousVerb.GROUP_CHANGE)
    @PutMapping("/{id}/members")
    ResponseEntity<Group> members(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @Valid @RequestBody MembersBody body) {
        long version = Versions.required(ifMatch);
        Set<UUID> members = new HashSet<>(body.userIds());
        return answer(DryRun.change(transactions, dryRun, () -> directory.setMembers(id, members, version)));
    }

    private static ResponseEntity<Group> answer(Group group) {
        return Api.versioned(group.version(), group);
    }

    record GroupChangeBody(
            @NotNull @Pattern(regexp = AccessChecks.NAME, message = AccessChecks.NAME_MESSAGE) String name,

            @NotNull @Size(max = 1000) String description) {

        GroupChange validated() {
            return new GroupChange(name, description);
        }
    }

    record MembersBody(@NotNull @Size(max = 10_000) List<@NotNull UUID> userIds) {}

    /** @param externalId of an identity provider; absent: made here */
    record GroupBody(
            @NotNull @Pattern(regexp = AccessChecks.NAME, message = AccessChecks.NAME_MESSAGE) String name,

            @Nullable @Size(max = 1000) String description,
            @Nullable @Size(min = 1, max = 200) String externalId) {

        NewGroup validated() {
            return new NewGroup(name, description == null ? "" : description, externalId);
        }
    }
}

package dev.meseta.manager.identity.web;

import dev.meseta.manager.identity.AccessDirectory;
import dev.meseta.manager.identity.AccessDirectory.NewUser;
import dev.meseta.manager.identity.AccessDirectory.User;
import dev.meseta.manager.identity.AccessDirectory.UserChange;
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

/** Users. */
@RestController
@RequestMapping(Api.BASE + "/users")
@Tag(name = "Access")
class UserController {

    private final AccessDirectory directory;
    private final PlatformTransactionManager transactions;

    UserController(AccessDirectory directory, PlatformTransactionManager transactions) {
        this.directory = directory;
        this.transactions = transactions;
    }

    @Operation(operationId = "listUsers", summary = "Users")
    @RequiresPermission(Permission.USER_READ)
    @GetMapping
    Page<User> list(ListParameters list) {
        return directory.users(list.request());
    }

    @Operation(operationId = "getUser", summary = "One user")
    @RequiresPermission(Permission.USER_READ)
    @GetMapping("/{id}")
    ResponseEntity<User> get(@PathVariable UUID id) {
        return answer(directory.user(id));
    }

    @Operation(operationId = "createUser", summary = "Make a user")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = User.class)))
    @RequiresPermission(Permission.USER_MANAGE)
    @RequiresStepUp(DangerousVerb.USER_CHANGE)
    @PostMapping
    ResponseEntity<User> create(
            @Valid @RequestBody UserBody body, @RequestParam(defaultValue = "false") boolean dryRun) {
        User made = DryRun.change(transactions, dryRun, () -> directory.createUser(body.validated()));
        return dryRun
                ? answer(made)
                : ResponseEntity.created(URI.create(Api.BASE + "/users/" + made.id()))
                        .eTag(Versions.entityTag(made.version()))
                        .body(made);
    }

    @Operation(operationId = "changeUser", summary = "Change, disable or enable a user. Needs If-Match")
    @RequiresPermission(Permission.USER_MANAGE)
    @RequiresStepUp(DangerousVerb.USER_CHANGE)
    @PutMapping("/{id}")
    ResponseEntity<User> change(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @Valid @RequestBody UserChangeBody body) {
        long version = Versions.required(ifMatch);
        return answer(DryRun.change(transactions, dryRun, () -> directory.changeUser(id, body.validated(), version)));
    }

    @Operation(
            operationId = "resetUserFactors",
            summary = "Take all second factors of a user away and end all sessions, for who has lost them")
    @RequiresPermission(Permission.USER_MANAGE)
    @RequiresStepUp(DangerousVerb.USER_CHANGE)
    @PostMapping("/{id}/factors/reset")
    ResponseEntity<User> resetFactors(@PathVariable UUID id, @RequestParam(defaultValue = "false") boolean dryRun) {
        return answer(DryRun.change(transactions, dryRun, () -> directory.resetFactors(id)));
    }

    @Operation(operationId = "setUserPassword", summary = "Give a user a new password and end all sessions")
    @RequiresPermission(Permission.USER_MANAGE)
    @RequiresStepUp(DangerousVerb.USER_CHANGE)
    @PutMapping("/{id}/password")
    ResponseEntity<User> setPassword(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @Valid @RequestBody PasswordBody body) {
        return answer(DryRun.change(transactions, dryRun, () -> directory.setPassword(id, body.password())));
    }

    @Operation(operationId = "deleteUser", summary = "Delete a user with all sessions, tokens and grants")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = User.class)))
    @RequiresPermission(Permission.USER_MANAGE)
    @RequiresStepUp(DangerousVerb.USER_CHANGE)
    @DeleteMapping("/{id}")
    ResponseEntity<User> delete(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun) {
        return answer(DryRun.change(transactions, dryRun, () -> {
            User before = directory.user(id);
            directory.deleteUser(id, Versions.expected(ifMatch));
            return before;
        }));
    }

    private static ResponseEntity<User> answer(User user) {
        return Api.versioned(user.version(), user);
    }

    record UserChangeBody(
            @NotNull @Size(max = 200) String displayName,
            @NotNull Boolean disabled) {

        UserChange validated() {
            return new UserChange(displayName, disabled);
        }
    }

    record PasswordBody(@NotNull @Size(min = 12, max = 1000) String password) {
        @Override
        public String toString() {
            return "PasswordBody";
        }
    }

    /** Somebody who shall sign in with a password. */
    record UserBody(
            @NotNull @Pattern(regexp = AccessChecks.NAME, message = AccessChecks.NAME_MESSAGE) String name,

            @Nullable @Size(max = 200) String displayName,
            @NotNull @Size(min = 12, max = 1000) String password) {

        NewUser validated() {
            return new NewUser(name, displayName == null ? "" : displayName, password);
        }

        @Override
        public String toString() {
            return "UserBody[" + name + "]";
        }
    }
}

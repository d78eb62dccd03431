package dev.meseta.manager.identity.web;

import dev.meseta.manager.identity.ApiTokens;
import dev.meseta.manager.identity.ApiTokens.NewToken;
import dev.meseta.manager.identity.ApiTokens.Token;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.DangerousBody;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.DryRun;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** API tokens. */
@RestController
@RequestMapping(Api.BASE + "/tokens")
@Tag(name = "Access")
class TokenController {

    private final ApiTokens tokens;
    private final PlatformTransactionManager transactions;

    TokenController(ApiTokens tokens, PlatformTransactionManager transactions) {
        this.tokens = tokens;
        this.transactions = transactions;
    }

    @Operation(operationId = "listTokens", summary = "API tokens of one's own, or with all=true of everybody")
    @RequiresPermission(Permission.TOKEN_OWN)
    @GetMapping
    List<Token> list(
            @RequestParam(defaultValue = "false") boolean all,
            @Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user) {
        return tokens.list(user, all);
    }

    @Operation(operationId = "createToken", summary = "Make an API token of one's own; its secret is shown this once")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = NewToken.class)))
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Token.class)))
    @RequiresPermission(Permission.TOKEN_OWN)
    @PostMapping
    ResponseEntity<Object> create(
            @Valid @RequestBody TokenBody body,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user) {
        List<Permission> permissions = body.permissions();
        List<ObjectRef> scopes = body.scopes() == null
                ? List.of()
                : body.scopes().stream()
                        .map(scope -> AccessChecks.scope(scope.kind(), scope.id()))
                        .toList();
        NewToken made = DryRun.change(
                transactions,
                dryRun,
                () -> tokens.create(
                        user,
                        body.name(),
                        permissions == null ? null : new HashSet<>(permissions),
                        scopes,
                        body.verbs(),
                        body.expiresAt()));
        return dryRun
                ? ResponseEntity.ok(made.token())
                : ResponseEntity.status(HttpStatus.CREATED)
                        .cacheControl(CacheControl.noStore())
                        .body(made);
    }

    @Operation(operationId = "revokeToken", summary = "Revoke an API token; it is refused from then on")
    @RequiresPermission(Permission.TOKEN_OWN)
    @DeleteMapping("/{id}")
    Token revoke(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user) {
        return DryRun.change(transactions, dryRun, () -> tokens.revoke(user, id));
    }

    /**
     * @param permissions absent: all that the owner has, at each use
     * @param scopes absent: everywhere
     * @param preAuthorised dangerous verbs that the token may do though nobody shows a factor for them; absent: none
     */
    record TokenBody(
            @NotNull @Pattern(regexp = "[^\\p{Cntrl}]{1,100}") String name,

            @Nullable List<@NotNull Permission> permissions,
            @Nullable @Valid @Size(max = 100) List<@NotNull ScopeBody> scopes,
            @Nullable List<@NotNull DangerousVerb> preAuthorised,
            @NotNull Instant expiresAt)
            implements DangerousBody {

        /** Who makes such a token shows a factor for all that it will do. */
        @Override
        public @Nullable DangerousVerb danger() {
            return verbs().isEmpty() ? null : DangerousVerb.TOKEN_PRE_AUTHORISE;
        }

        Set<DangerousVerb> verbs() {
            return preAuthorised == null ? Set.of() : new HashSet<>(preAuthorised);
        }
    }

    /** @param id absent for SYSTEM */
    record ScopeBody(@NotNull ObjectKind kind, @Nullable UUID id) {}
}

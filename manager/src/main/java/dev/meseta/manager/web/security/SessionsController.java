package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.Sessions;
import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.shared.web.Api;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** A person's own sessions. */
@RestController
@RequestMapping(Api.BASE + "/sessions")
@Tag(name = "Own account")
class SessionsController {

    private final Sessions sessions;

    SessionsController(Sessions sessions) {
        this.sessions = sessions;
    }

    /** @param isThis whether the request that asks was made in it */
    record OwnSession(
            UUID id,
            Instant createdAt,
            Instant usedAt,
            String remoteAddress,
            String userAgent,
            List<Factor> factors,
            boolean isThis) {}

    record OwnSessions(List<OwnSession> items) {}

    @GetMapping
    @RequiresPermission(Permission.SESSION_OWN)
    @Operation(operationId = "listOwnSessions", summary = "Where one is signed in")
    OwnSessions list(@Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user) {
        Optional<UUID> here = SignInOf.current().map(SignIn::sessionId);
        return new OwnSessions(sessions.of(user).stream()
                .map(session -> new OwnSession(
                        session.id(),
                        session.createdAt(),
                        session.usedAt(),
                        session.remoteAddress(),
                        session.userAgent(),
                        session.factors().stream().sorted().toList(),
                        here.equals(Optional.of(session.id()))))
                .toList());
    }

    @DeleteMapping("/{id}")
    @RequiresPermission(Permission.SESSION_OWN)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "endOwnSession", summary = "Sign out somewhere")
    void end(@PathVariable UUID id, @Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user) {
        sessions.end(user, id);
    }

    @PostMapping("/end-all")
    @RequiresPermission(Permission.SESSION_OWN)
    @ResponseStatus(HttpStatus.NO_CONTENT)
    @Operation(operationId = "endOwnSessions", summary = "Sign out everywhere, here too")
    void endAll(@Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user) {
        sessions.endAll(user);
    }
}

package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.web.request.RequestAttributes;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.List;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.web.csrf.CookieCsrfTokenRepository;
import org.springframework.security.web.csrf.CsrfToken;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Signing in and out. */
@RestController
@RequestMapping(Api.BASE + "/auth")
@Tag(name = "Sign-in")
class AuthController {

    private final Authenticator authenticator;
    private final SessionContexts contexts;
    private final CookieCsrfTokenRepository csrfTokens;

    AuthController(Authenticator authenticator, SessionContexts contexts, CookieCsrfTokenRepository csrfTokens) {
        this.authenticator = authenticator;
        this.contexts = contexts;
        this.csrfTokens = csrfTokens;
    }

    record LoginRequest(@NotNull String username, @NotNull String password) {
        @Override
        public String toString() {
            return "LoginRequest[" + username + "]";
        }
    }

    /** Who is signed in and what they may do. */
    record Session(String username, List<Permission> permissions) {
        static Session of(AuthenticatedUser user) {
            return new Session(
                    user.username(), user.permissions().stream().sorted().toList());
        }
    }

    @Operation(operationId = "login", summary = "Sign in with a password; sets the session cookie")
    @OpenToAnyone
    @PostMapping("/login")
    Session login(@Valid @RequestBody LoginRequest login, HttpServletRequest request, HttpServletResponse response) {
        RequestAttributes.setAttemptedUsername(request, login.username());
        AuthenticatedUser user = authenticator
                .byPassword(login.username(), login.password(), request.getRemoteAddr())
                .orElseThrow(() ->
                        new MesetaException(ErrorCode.UNAUTHENTICATED, "The user name or the password is wrong."));
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(SessionContexts.signedIn(user));
        SecurityContextHolder.setContext(context);
        contexts.saveContext(context, request, response);
        csrfTokens.saveToken(csrfTokens.generateToken(request), request, response);
        RequestAttributes.setPrincipal(request, user.username());
        return Session.of(user);
    }

    @Operation(operationId = "logout", summary = "Sign out")
    @RequiresPermission(Permission.SESSION_OWN)
    @PostMapping("/logout")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void logout(HttpServletRequest request, HttpServletResponse response) {
        contexts.end(request);
        SessionCookie.remove(response);
        SecurityContextHolder.clearContext();
        csrfTokens.saveToken(null, request, response);
    }

    @Operation(operationId = "getSession", summary = "Who is signed in")
    @RequiresPermission(Permission.SESSION_OWN)
    @GetMapping("/session")
    Session session(
            @Parameter(hidden = true) @AuthenticationPrincipal AuthenticatedUser user,
            @Parameter(hidden = true) CsrfToken csrfToken) {
        // Asking for the token sets its cookie again if the browser has lost it.
        csrfToken.getToken();
        return Session.of(user);
    }
}

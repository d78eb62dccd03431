package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.identity.OpenWhileEnrolling;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.Proof;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.identity.SignIns;
import dev.meseta.manager.identity.StepUp;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.web.request.RequestAttributes;
import dev.meseta.manager.web.security.AccountController.PasskeyQuestion;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.security.core.annotation.AuthenticationPrincipal;
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

    private final SignIns signIns;
    private final StepUp stepUp;
    private final SessionContexts contexts;
    private final CookieCsrfTokenRepository csrfTokens;

    AuthController(SignIns signIns, StepUp stepUp, SessionContexts contexts, CookieCsrfTokenRepository csrfTokens) {
        this.signIns = signIns;
        this.stepUp = stepUp;
        this.contexts = contexts;
        this.csrfTokens = csrfTokens;
    }

    record LoginRequest(@NotNull String username, @NotNull String password) {
        @Override
        public String toString() {
            return "LoginRequest[" + username + "]";
        }
    }

    /**
     * Signed in when {@code mfaRequired} is empty; else nobody is, and a factor of those has to be shown.
     *
     * @param username null: not signed in yet
     * @param pending goes with the second step; null: there is none
     * @param mustEnrol a second factor must be enrolled before anything else
     */
    record LoginAnswer(
            @Nullable String username,
            List<Permission> permissions,
            boolean mustEnrol,
            List<Factor> mfaRequired,
            @Nullable String pending) {
        @Override
        public String toString() {
            return "LoginAnswer[" + username + "]";
        }
    }

    /** One of the three, beside the secret of the first step. */
    record SecondStep(
            @NotNull String pending,
            @Nullable String totp,
            @Nullable String recoveryCode,
            @Nullable Map<String, Object> passkey) {
        @Override
        public String toString() {
            return "SecondStep";
        }
    }

    /** One of the four. */
    record StepUpRequest(
            @Nullable String password,
            @Nullable String totp,
            @Nullable String recoveryCode,
            @Nullable Map<String, Object> passkey) {
        @Override
        public String toString() {
            return "StepUpRequest";
        }
    }

    /** @param credential what the browser's {@code navigator.credentials.get} answered, as JSON */
    record PasskeyAnswer(@NotNull Map<String, Object> credential) {}

    /** Who is signed in and what they may do. */
    record Session(String username, List<Permission> permissions, boolean mustEnrol) {
        static Session of(AuthenticatedUser user) {
            return new Session(
                    user.username(),
                    user.permissions().stream().sorted().toList(),
                    SignInOf.current().map(SignIn::mustEnrol).orElse(false));
        }
    }

    @Operation(
            operationId = "login",
            summary = "Sign in with a password; sets the session cookie, or says which second factor is needed")
    @OpenToAnyone
    @PostMapping("/login")
    LoginAnswer login(
            @Valid @RequestBody LoginRequest login, HttpServletRequest request, HttpServletResponse response) {
        RequestAttributes.setAttemptedUsername(request, login.username());
        return switch (signIns.byPassword(login.username(), login.password(), SignInOf.origin(request))) {
            case SignIns.Done done -> signedIn(done, request, response);
            case SignIns.More more -> {
                RequestAttributes.addDetail(request, "factors", Factor.PASSWORD.name());
                RequestAttributes.addDetail(request, "secondFactor", "REQUIRED");
                yield new LoginAnswer(
                        null, List.of(), false, more.factors().stream().sorted().toList(), more.pending());
            }
        };
    }

    @Operation(operationId = "loginSecondStep", summary = "Sign in: the second step")
    @OpenToAnyone
    @PostMapping("/mfa")
    LoginAnswer secondStep(
            @Valid @RequestBody SecondStep step, HttpServletRequest request, HttpServletResponse response) {
        Proof proof = proof(null, step.totp(), step.recoveryCode(), step.passkey(), request);
        RequestAttributes.addDetail(request, "shown", proof.factor().name());
        signIns.pendingUsername(step.pending())
                .ifPresent(username -> RequestAttributes.setAttemptedUsername(request, username));
        return signedIn(signIns.bySecondFactor(step.pending(), proof, SignInOf.origin(request)), request, response);
    }

    @Operation(operationId = "askForPasskey", summary = "A question that any passkey may answer, once")
    @OpenToAnyone
    @PostMapping("/passkey/options")
    PasskeyQuestion passkeyOptions(HttpServletRequest request) {
        return new PasskeyQuestion(signIns.passkeyQuestion(SignInOf.site(request)));
    }

    @Operation(operationId = "loginWithPasskey", summary = "Sign in with a passkey alone")
    @OpenToAnyone
    @PostMapping("/passkey")
    LoginAnswer passkey(
            @Valid @RequestBody PasskeyAnswer answer, HttpServletRequest request, HttpServletResponse response) {
        RequestAttributes.addDetail(request, "shown", Factor.PASSKEY.name());
        return signedIn(
                signIns.byPasskey(
                        new Proof.Passkey(SignInOf.site(request), answer.credential()), SignInOf.origin(request)),
                request,
                response);
    }

    @Operation(operationId = "stepUp", summary = "Show again who one is, for what is dangerous")
    @RequiresPermission(Permission.SESSION_OWN)
    @OpenWhileEnrolling
    @PostMapping("/step-up")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void stepUp(@Valid @RequestBody StepUpRequest shown, HttpServletRequest request) {
        Proof proof = proof(shown.password(), shown.totp(), shown.recoveryCode(), shown.passkey(), request);
        RequestAttributes.addDetail(request, "shown", proof.factor().name());
        stepUp.prove(SignInOf.require(), proof, request.getRemoteAddr());
    }

    /** The browser is signed in from here on. */
    void begin(SignIns.Done done, HttpServletRequest request, HttpServletResponse response) {
        contexts.begun(done, request, response);
        csrfTokens.saveToken(csrfTokens.generateToken(request), request, response);
        RequestAttributes.setPrincipal(request, done.signIn().user().username());
        RequestAttributes.addDetail(
                request, "factors", SessionContexts.text(done.signIn().factors()));
    }

    private LoginAnswer signedIn(SignIns.Done done, HttpServletRequest request, HttpServletResponse response) {
        AuthenticatedUser user = done.signIn().user();
        begin(done, request, response);
        return new LoginAnswer(
                user.username(),
                user.permissions().stream().sorted().toList(),
                done.signIn().mustEnrol(),
                List.of(),
                null);
    }

    private static Proof proof(
            @Nullable String password,
            @Nullable String totp,
            @Nullable String recoveryCode,
            @Nullable Map<String, Object> passkey,
            HttpServletRequest request) {
        List<Proof> shown = new ArrayList<>();
        if (password != null) {
            shown.add(new Proof.Password(password));
        }
        if (totp != null) {
            shown.add(new Proof.Totp(totp));
        }
        if (recoveryCode != null) {
            shown.add(new Proof.RecoveryCode(recoveryCode));
        }
        if (passkey != null) {
            shown.add(new Proof.Passkey(SignInOf.site(request), passkey));
        }
        if (shown.size() != 1) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "Show exactly one factor; the request has %d.".formatted(shown.size()));
        }
        return shown.getFirst();
    }

    @Operation(operationId = "logout", summary = "Sign out")
    @OpenWhileEnrolling
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
    @OpenWhileEnrolling
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

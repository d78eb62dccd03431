package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.ProviderSignIns;
import dev.meseta.manager.identity.ProviderSignIns.Ended;
import dev.meseta.manager.identity.ProviderSignIns.Sent;
import dev.meseta.manager.identity.ProviderSignIns.Statement;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.identity.SignIns;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Secrets;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.web.oidc.IdentityProvider;
import dev.meseta.manager.web.request.RequestAttributes;
import dev.meseta.manager.web.security.AuthController.Session;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.validation.Valid;
import jakarta.validation.constraints.NotNull;
import jakarta.validation.constraints.Size;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Signing in at an identity provider. The page sends the browser there, and brings what it comes back with. */
@RestController
@RequestMapping(Api.BASE + "/auth/oidc")
@Tag(name = "Sign-in")
class ProviderController {

    /** Of the page itself: one slash, and nothing that browsers read as another address. */
    private static final Pattern OWN_PATH = Pattern.compile("/(?![/\\\\])[\\x21-\\x5b\\x5d-\\x7e]{0,1000}");

    private static final String LOGOUT_TOKEN = "logout_token=";

    private final IdentityProvider provider;
    private final ProviderSignIns signIns;
    private final AuthController auth;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    ProviderController(IdentityProvider provider, ProviderSignIns signIns, AuthController auth, InstantSource clock) {
        this.provider = provider;
        this.signIns = signIns;
        this.auth = auth;
        this.clock = clock;
    }

    /** @param name what people call it; null: there is none */
    record Provider(@Nullable String name) {}

    /** @param returnTo path of the page to go on with */
    record Departure(@NotNull String returnTo) {}

    /** @param url where the browser is to go */
    record Destination(String url) {}

    /** What the browser came back with. */
    record ProviderAnswer(
            @NotNull @Size(max = 200) String state,
            @Nullable @Size(max = 4000) String code,
            @Nullable @Size(max = 1000) String iss,
            @Nullable @Size(max = 200) String error) {
        @Override
        public String toString() {
            return "ProviderAnswer";
        }
    }

    /** @param returnTo path of the page to go on with */
    record Arrival(Session session, String returnTo) {}

    @GetMapping
    @OpenToAnyone
    @Operation(operationId = "getIdentityProvider", summary = "Whether one can sign in at an identity provider")
    Provider provider() {
        return new Provider(provider.isSetUp() ? provider.name() : null);
    }

    @PostMapping("/begin")
    @OpenToAnyone
    @Operation(operationId = "beginProviderSignIn", summary = "Where the browser is to go to sign in")
    Destination begin(
            @Valid @RequestBody Departure departure, HttpServletRequest request, HttpServletResponse response) {
        return send(departure, null, signIns.isSecondFactorDemanded(), request, response);
    }

    @PostMapping("/step-up")
    @RequiresPermission(Permission.SESSION_OWN)
    @Operation(
            operationId = "beginProviderStepUp",
            summary = "Where the browser is to go to show again who one is, for what is dangerous")
    Destination stepUp(
            @Valid @RequestBody Departure departure, HttpServletRequest request, HttpServletResponse response) {
        SignIn signIn = SignInOf.require();
        if (!signIn.isAtProvider()) {
            throw new MesetaException(
                    ErrorCode.FORBIDDEN, "You have not signed in at the identity provider; show a factor of your own.");
        }
        return send(departure, signIn.sessionId(), true, request, response);
    }

    private Destination send(
            Departure departure,
            @Nullable UUID sessionId,
            boolean second,
            HttpServletRequest request,
            HttpServletResponse response) {
        if (!OWN_PATH.matcher(departure.returnTo()).matches()) {
            throw new MesetaException(ErrorCode.VALIDATION_FAILED, "returnTo must be a path of the page, as in /vms.");
        }
        IdentityProvider.Question question =
                provider.question(request, SignInOf.site(request).origin(), second, sessionId != null);
        String browser = BrowserCookie.of(request).orElseGet(() -> Secrets.random(random));
        signIns.sent(new Sent(
                question.state(),
                browser,
                sessionId,
                question.nonce(),
                question.codeVerifier(),
                question.redirectUri(),
                departure.returnTo(),
                clock.instant()));
        BrowserCookie.set(response, browser);
        return new Destination(question.url());
    }

    @PostMapping("/answer")
    @OpenToAnyone
    @Operation(
            operationId = "endProviderSignIn",
            summary = "What the browser came back with; sets the session cookie, or renews the session's factors")
    Arrival answer(
            @Valid @RequestBody ProviderAnswer answer, HttpServletRequest request, HttpServletResponse response) {
        Sent sent = BrowserCookie.of(request)
                .flatMap(browser -> signIns.back(answer.state(), browser))
                .orElseThrow(
                        () -> new MesetaException(
                                ErrorCode.UNAUTHENTICATED,
                                "This browser was not sent to the identity provider, or too long ago, or has come back already. Sign in again."));
        if (answer.code() == null) {
            RequestAttributes.addDetail(request, "providerError", printable(answer.error()));
            throw new MesetaException(
                    ErrorCode.UNAUTHENTICATED,
                    "%s has not let you in (%s). Sign in again.".formatted(provider.name(), printable(answer.error())));
        }
        Optional<SignIn> present = SignInOf.current();
        if (sent.sessionId() != null && !present.map(SignIn::sessionId).equals(Optional.of(sent.sessionId()))) {
            throw new MesetaException(ErrorCode.UNAUTHENTICATED, "Your session has ended. Sign in again.");
        }
        Statement statement = provider.answered(sent, answer.code(), answer.iss());
        describe(statement, request);
        if (sent.sessionId() == null) {
            SignIns.Done done = signIns.signIn(statement, SignInOf.origin(request));
            auth.begin(done, request, response);
            return new Arrival(Session.of(done.signIn().user()), sent.returnTo());
        }
        AuthenticatedUser user = signIns.provedAgain(sent, statement);
        RequestAttributes.addDetail(request, "shown", Factor.PROVIDER_SECOND.name());
        return new Arrival(Session.of(user), sent.returnTo());
    }

    private static void describe(Statement statement, HttpServletRequest request) {
        RequestAttributes.setAttemptedUsername(request, statement.username());
        RequestAttributes.addDetail(request, "issuer", statement.issuer());
        RequestAttributes.addDetail(request, "subject", statement.subject());
    }

    @PostMapping(path = "/backchannel-logout", consumes = MediaType.APPLICATION_FORM_URLENCODED_VALUE)
    @OpenToAnyone
    @Operation(
            operationId = "endProviderSessions",
            summary = "The identity provider says that somebody has signed out there")
    void backChannelLogout(HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setHeader(HttpHeaders.CACHE_CONTROL, "no-store");
        String form = new String(request.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        String token = form.startsWith(LOGOUT_TOKEN) && form.indexOf('&') < 0
                ? URLDecoder.decode(form.substring(LOGOUT_TOKEN.length()), StandardCharsets.UTF_8)
                : "";
        try {
            Ended ended = provider.ofLogoutToken(token);
            RequestAttributes.addDetail(request, "issuer", ended.issuer());
            RequestAttributes.addDetail(request, "subject", ended.subject() == null ? "" : ended.subject());
            RequestAttributes.addDetail(request, "endedSessions", Integer.toString(signIns.ended(ended)));
        } catch (MesetaException e) {
            if (e.code() == ErrorCode.UNAUTHENTICATED) {
                // As the standard has it.
                throw new MesetaException(ErrorCode.VALIDATION_FAILED, "The logout token is not valid.", e);
            }
            throw e;
        }
    }

    private static String printable(@Nullable String error) {
        return error == null ? "" : error.replaceAll("[^a-z_]", "");
    }
}

package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.identity.SignIns.Origin;
import dev.meseta.manager.identity.Site;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Objects;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;

/** The session a request was made in, and where it comes from. */
final class SignInOf {

    private SignInOf() {}

    /** Empty: it came with an API token, or with nothing. */
    static Optional<SignIn> current() {
        Authentication authentication = SecurityContextHolder.getContext().getAuthentication();
        return authentication != null && authentication.getDetails() instanceof SignIn signIn
                ? Optional.of(signIn)
                : Optional.empty();
    }

    /** @throws MesetaException FORBIDDEN for an API token: what a person signs in with is theirs to change */
    static SignIn require() {
        return current()
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.FORBIDDEN,
                        "This needs somebody who is signed in: no API token changes how a person signs in."));
    }

    /** @throws MesetaException FORBIDDEN also for who signs in at an identity provider, which keeps all that */
    static SignIn requireOwn() {
        SignIn signIn = require();
        if (signIn.isAtProvider()) {
            throw new MesetaException(
                    ErrorCode.FORBIDDEN,
                    "You sign in at the identity provider: change your password and your second factors there.");
        }
        return signIn;
    }

    static Origin origin(HttpServletRequest request) {
        return new Origin(
                request.getRemoteAddr(), Objects.requireNonNullElse(request.getHeader(HttpHeaders.USER_AGENT), ""));
    }

    static Site site(HttpServletRequest request) {
        String host = Objects.requireNonNullElse(request.getHeader(HttpHeaders.HOST), request.getServerName());
        return new Site(request.getServerName(), "https://" + host);
    }
}

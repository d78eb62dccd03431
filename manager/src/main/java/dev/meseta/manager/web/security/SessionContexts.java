package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.Sessions;
import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.identity.SignIns;
import dev.meseta.manager.shared.web.SignInSecrets;
import dev.meseta.manager.web.request.RequestAttributes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.DeferredSecurityContext;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.web.context.HttpRequestResponseHolder;
import org.springframework.security.web.context.SecurityContextRepository;

/** Who a request comes from, by its session cookie. */
final class SessionContexts implements SecurityContextRepository {

    private final Sessions sessions;

    SessionContexts(Sessions sessions) {
        this.sessions = sessions;
    }

    /** Signed in, without a password lying about. */
    static Authentication signedIn(AuthenticatedUser user) {
        return UsernamePasswordAuthenticationToken.authenticated(user, null, List.of());
    }

    /** In a session, which is told beside who it is. */
    static Authentication signedIn(SignIn signIn) {
        var authentication = UsernamePasswordAuthenticationToken.authenticated(signIn.user(), null, List.of());
        authentication.setDetails(signIn);
        return authentication;
    }

    /** As the audit log has it. */
    static String text(Set<Factor> factors) {
        return factors.stream().sorted().map(Factor::name).collect(Collectors.joining(","));
    }

    @Override
    public DeferredSecurityContext loadDeferredContext(HttpServletRequest request) {
        return new Looked(request);
    }

    @Override
    @Deprecated
    @SuppressWarnings("InlineMeSuggester")
    public SecurityContext loadContext(HttpRequestResponseHolder requestResponseHolder) {
        return loadDeferredContext(requestResponseHolder.getRequest()).get();
    }

    /** Looks only when somebody asks, and once. */
    private final class Looked implements DeferredSecurityContext {

        private final HttpServletRequest request;
        private @Nullable SecurityContext found;
        private boolean empty;

        private Looked(HttpServletRequest request) {
            this.request = request;
        }

        @Override
        public SecurityContext get() {
            SecurityContext known = found;
            if (known == null) {
                Optional<SignIn> user = SignInSecrets.session(request).flatMap(sessions::use);
                user.ifPresent(signIn -> RequestAttributes.addDetail(request, "factors", text(signIn.factors())));
                empty = user.isEmpty();
                known = user.<SecurityContext>map(signedIn -> new SecurityContextImpl(signedIn(signedIn)))
                        .orElseGet(SecurityContextHolder::createEmptyContext);
                found = known;
            }
            return known;
        }

        @Override
        public boolean isGenerated() {
            SecurityContext unused = get();
            return empty;
        }
    }

    /** Does nothing: sessions begin by signing in alone. */
    @Override
    public void saveContext(SecurityContext context, HttpServletRequest request, HttpServletResponse response) {}

    /** The browser shows a new session from now on; the one it showed until now ends. */
    void begun(SignIns.Done done, HttpServletRequest request, HttpServletResponse response) {
        end(request);
        SecurityContextHolder.setContext(new SecurityContextImpl(signedIn(done.signIn())));
        SessionCookie.set(response, done.secret());
    }

    /** Ends the session of a request, if it was made in one. */
    void end(HttpServletRequest request) {
        SignInSecrets.session(request).ifPresent(sessions::end);
    }

    @Override
    public boolean containsContext(HttpServletRequest request) {
        return SignInSecrets.session(request).filter(sessions::isOpen).isPresent();
    }
}

package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.web.SignInSecrets;
import dev.meseta.manager.web.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Signs a request in by its API token. A request that brings a bad one is refused, whatever else it brings. */
final class BearerTokenFilter extends OncePerRequestFilter {

    private final Authenticator authenticator;
    private final ProblemWriter problems;

    BearerTokenFilter(Authenticator authenticator, ProblemWriter problems) {
        this.authenticator = authenticator;
        this.problems = problems;
    }

    static boolean hasBearerToken(HttpServletRequest request) {
        return SignInSecrets.token(request).isPresent();
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !hasBearerToken(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Optional<AuthenticatedUser> user = SignInSecrets.token(request).flatMap(authenticator::byToken);
        if (user.isEmpty()) {
            problems.write(
                    request,
                    response,
                    ErrorCode.UNAUTHENTICATED,
                    "The API token is not known or no longer valid.",
                    List.of());
            return;
        }
        SecurityContext context = SecurityContextHolder.createEmptyContext();
        context.setAuthentication(SessionContexts.signedIn(user.get()));
        SecurityContextHolder.setContext(context);
        chain.doFilter(request, response);
    }
}

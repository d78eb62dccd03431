package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.web.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.springframework.http.HttpHeaders;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Signs a request in by its API token. A request that brings a bad one is refused, whatever else it brings. */
final class BearerTokenFilter extends OncePerRequestFilter {

    private static final String SCHEME = "bearer ";

    private final Authenticator authenticator;
    private final ProblemWriter problems;

    BearerTokenFilter(Authenticator authenticator, ProblemWriter problems) {
        this.authenticator = authenticator;
        this.problems = problems;
    }

    static boolean hasBearerToken(HttpServletRequest request) {
        String header = request.getHeader(HttpHeaders.AUTHORIZATION);
        return header != null && header.toLowerCase(Locale.ROOT).startsWith(SCHEME);
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !hasBearerToken(request);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String token = request.getHeader(HttpHeaders.AUTHORIZATION)
                .substring(SCHEME.length())
                .strip();
        Optional<AuthenticatedUser> user = authenticator.byToken(token);
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

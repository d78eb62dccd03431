package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.web.SignInSecrets;
import dev.meseta.manager.web.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContext;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.web.filter.OncePerRequestFilter;

/** Signs a request in by its API token, or by one that the identity provider signed. A request that brings a bad one is refused, whatever else it brings. */
final class BearerTokenFilter extends OncePerRequestFilter {

    private final Authenticator authenticator;
    private final ProviderTokens providerTokens;
    private final ProblemWriter problems;

    BearerTokenFilter(Authenticator authenticator, ProviderTokens providerTokens, ProblemWriter problems) {
        this.authenticator = authenticator;
        this.providerTokens = providerTokens;
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
        Optional<Authentication> user;
        try {
            user = SignInSecrets.token(request).flatMap(this::signedIn);
        } catch (MesetaException e) {
            problems.write(request, response, e);
            return;
        }
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
        context.setAuthentication(user.get());
        SecurityContextHolder.setContext(context);
        chain.doFilter(request, response);
    }

    private Optional<Authentication> signedIn(String token) {
        return providerTokens.isOne(token)
                ? Optional.of(providerTokens.signedIn(token))
                : authenticator.byToken(token).map(SessionContexts::signedIn);
    }
}

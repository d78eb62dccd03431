package dev.meseta.manager.web.request;

import dev.meseta.manager.identity.Actor;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.shared.RequestContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.security.Principal;
import org.springframework.security.core.Authentication;
import org.springframework.web.filter.OncePerRequestFilter;

/** Binds who asks to the thread, after the security chain knows it. */
final class RequestContextFilter extends OncePerRequestFilter {

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        Principal principal = request.getUserPrincipal();
        String name = principal == null ? RequestAttributes.ANONYMOUS : principal.getName();
        RequestAttributes.setPrincipal(request, name);
        var context = new RequestContext(name, RequestAttributes.correlationId(request));
        AuthenticatedUser actor = principal instanceof Authentication authentication
                        && authentication.getPrincipal() instanceof AuthenticatedUser user
                ? user
                : Actor.NOBODY;
        if (actor.tokenId() != null) {
            RequestAttributes.addDetail(request, "tokenId", actor.tokenId().toString());
        }
        try {
            boolean unused = context.<Boolean, Exception>call(() -> Actor.<Boolean, Exception>as(actor, () -> {
                chain.doFilter(request, response);
                return true;
            }));
        } catch (ServletException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }
}

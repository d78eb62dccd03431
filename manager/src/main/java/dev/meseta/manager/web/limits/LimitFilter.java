package dev.meseta.manager.web.limits;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.SignInSecrets;
import dev.meseta.manager.web.limits.KnownCallers.Credential;
import dev.meseta.manager.web.problem.ProblemWriter;
import dev.meseta.manager.web.request.RequestAttributes;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;

/** Refuses a request whose caller has no tokens left, before anything is looked up for it. */
final class LimitFilter extends OncePerRequestFilter {

    private static final String LOGIN = Api.BASE + "/auth/login";

    private static final Duration A_MOMENT = Duration.ofSeconds(1);

    private final Buckets buckets;
    private final UnderWay underWay;
    private final KnownCallers known;
    private final Bursts bursts;
    private final ProblemWriter problems;

    LimitFilter(Buckets buckets, UnderWay underWay, KnownCallers known, Bursts bursts, ProblemWriter problems) {
        this.buckets = buckets;
        this.underWay = underWay;
        this.known = known;
        this.bursts = bursts;
        this.problems = problems;
    }

    /** The files of the page cost next to nothing. */
    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().startsWith(Api.BASE);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        // Whoever signs in is not yet who the cookie says.
        Optional<Credential> credential = request.getServletPath().equals(LOGIN)
                ? Optional.empty()
                : Credential.of(request, SignInSecrets.session(request));
        Caller caller = credential.flatMap(known::find).orElseGet(() -> Caller.at(request.getRemoteAddr()));
        OptionalLong wait = buckets.take(caller, RequestCosts.of(request));
        if (wait.isPresent()) {
            refuse(caller, Duration.ofNanos(wait.getAsLong()), request, response);
            return;
        }
        if (!underWay.enter(caller)) {
            refuse(caller, A_MOMENT, request, response);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            underWay.leave(caller);
            credential.ifPresent(shown -> remember(shown, request, response));
        }
    }

    private void remember(Credential shown, HttpServletRequest request, HttpServletResponse response) {
        String principal = RequestAttributes.principal(request);
        if (!principal.equals(RequestAttributes.ANONYMOUS)) {
            known.learn(shown, principal);
        } else if (response.getStatus() == HttpStatus.UNAUTHORIZED.value()) {
            known.forget(shown);
        }
    }

    private void refuse(Caller caller, Duration wait, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        long seconds = Math.max(1, wait.plusSeconds(1).minusNanos(1).toSeconds());
        bursts.refused(new Bursts.Refusal(
                caller,
                request.getRemoteAddr(),
                request.getMethod() + " " + request.getServletPath(),
                RequestAttributes.correlationId(request)));
        problems.write(
                request,
                response,
                ErrorCode.TOO_MANY_REQUESTS,
                "There were too many requests of %s; ask again in %d s.".formatted(caller.inWords(), seconds),
                List.of());
        response.setHeader(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
    }
}

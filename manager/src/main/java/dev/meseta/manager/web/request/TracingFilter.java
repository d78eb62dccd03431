package dev.meseta.manager.web.request;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.tracing.Span;
import dev.meseta.manager.shared.tracing.SpanStart;
import dev.meseta.manager.shared.tracing.TraceParent;
import dev.meseta.manager.shared.tracing.Tracing;
import dev.meseta.manager.shared.web.Api;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/**
 * The span of an API request. It tells the route and not the address asked for, whose parts a client may fill with anything.
 */
final class TracingFilter extends OncePerRequestFilter {

    /** Lasts as long as somebody watches, and belongs to nothing in particular. */
    private static final String EVENT_STREAM = Api.BASE + "/events/stream";

    private final Tracing tracing;

    TracingFilter(Tracing tracing) {
        this.tracing = tracing;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        String path = request.getRequestURI();
        return !tracing.isOn() || !path.startsWith(Api.BASE) || path.equals(EVENT_STREAM);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        SpanStart start = SpanStart.of(
                        request.getMethod(), SpanStart.Role.SERVER, RequestAttributes.correlationId(request))
                .askedBy(TraceParent.parse(request.getHeader(TraceParent.HEADER)));
        int status = HttpStatus.INTERNAL_SERVER_ERROR.value();
        try (Span span = tracing.begin(start)) {
            Span.Scope scope = span.enter();
            try {
                chain.doFilter(request, response);
                status = response.getStatus();
            } finally {
                scope.close();
                describe(span, request, status);
            }
        }
    }

    private static void describe(Span span, HttpServletRequest request, int status) {
        span.with("http.request.method", request.getMethod()).with("http.response.status_code", status);
        if (request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String route) {
            span.name(request.getMethod() + " " + route).with("http.route", route);
        }
        ErrorCode code = RequestAttributes.errorCode(request);
        if (status >= HttpStatus.INTERNAL_SERVER_ERROR.value()) {
            span.failed(code == null ? Integer.toString(status) : code.name());
        } else if (code != null) {
            // Refused, which is the caller's failure and not this span's.
            span.with("error.type", code.name());
        }
    }
}

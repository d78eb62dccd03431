package dev.meseta.manager.web.request;

import dev.meseta.manager.shared.tracing.TraceParent;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.UUID;
import java.util.regex.Pattern;
import org.slf4j.MDC;
import org.springframework.web.filter.OncePerRequestFilter;

/**
 * Gives every request a correlation id: the client's own when it is harmless, else that of the trace the client is in, else
 * a new one.
 */
final class CorrelationFilter extends OncePerRequestFilter {

    private static final String HEADER = "X-Correlation-Id";
    private static final String LOG_KEY = "correlationId";
    private static final Pattern HARMLESS = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String given = request.getHeader(HEADER);
        String correlationId = given != null && HARMLESS.matcher(given).matches()
                ? given
                : TraceParent.parse(request.getHeader(TraceParent.HEADER))
                        .map(TraceParent::correlationId)
                        .orElseGet(() -> UUID.randomUUID().toString());
        RequestAttributes.setCorrelationId(request, correlationId);
        response.setHeader(HEADER, correlationId);
        MDC.put(LOG_KEY, correlationId);
        try {
            chain.doFilter(request, response);
        } finally {
            MDC.remove(LOG_KEY);
        }
    }
}

package dev.meseta.manager.web.limits;

import dev.meseta.manager.shared.web.Api;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;

/** What a request costs, in common requests: roughly what it keeps the manager and its database busy for. */
final class RequestCosts {

    private static final long COMMON = 1;
    private static final long SEARCH = 5;

    private static final Map<String, Long> DEAR = Map.of(
            // Checking a password takes 16 MiB and tens of milliseconds on purpose.
            "POST " + Api.BASE + "/auth/login", 10L,
            "POST " + Api.BASE + "/auth/step-up", 10L,
            "POST " + Api.BASE + "/account/password", 10L,
            "POST " + Api.BASE + "/vms/actions", 10L,
            "GET " + Api.BASE + "/events/stream", 10L,
            "GET " + Api.BASE + "/openapi.json", 10L,
            "GET " + Api.BASE + "/metrics", 10L,
            "GET " + Api.BASE + "/audit/export", 100L);

    private RequestCosts() {}

    static long of(HttpServletRequest request) {
        Long dear = DEAR.get(request.getMethod() + " " + request.getServletPath());
        if (dear != null) {
            return dear;
        }
        return searches(request) ? SEARCH : COMMON;
    }

    /** Looks at the query string only: asking for a parameter could read a body. */
    private static boolean searches(HttpServletRequest request) {
        String query = request.getQueryString();
        return query != null && (query.startsWith("q=") || query.contains("&q="));
    }
}

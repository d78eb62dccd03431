package dev.meseta.manager.web.request;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.web.Api;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/** Records every request that changes something, takes the audit log away or was refused, with how it ended. */
final class AuditFilter extends OncePerRequestFilter {

    /** What it takes out of the house is worth a record, though it changes nothing. */
    private static final String EXPORT = Api.BASE + "/audit/export";

    private final Audit audit;

    AuditFilter(Audit audit) {
        this.audit = audit;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().startsWith(Api.BASE);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean completed = false;
        try {
            chain.doFilter(request, response);
            completed = true;
        } finally {
            int status = completed ? response.getStatus() : HttpStatus.INTERNAL_SERVER_ERROR.value();
            boolean denied = status == HttpStatus.UNAUTHORIZED.value() || status == HttpStatus.FORBIDDEN.value();
            if (denied
                    || !Reading.isAskedBy(request)
                    || request.getServletPath().equals(EXPORT)) {
                audit.record(entry(request, status));
            }
        }
    }

    private static Audit.Entry entry(HttpServletRequest request, int status) {
        ErrorCode code = RequestAttributes.errorCode(request);
        String pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String matched
                ? matched
                : request.getRequestURI();
        String username = RequestAttributes.attemptedUsername(request);
        Map<String, Object> detail = new TreeMap<>(RequestAttributes.details(request));
        detail.put("status", status);
        if (!username.isEmpty()) {
            detail.put("username", username);
        }
        return new Audit.Entry(
                RequestAttributes.principal(request),
                request.getRemoteAddr(),
                request.getMethod() + " " + pattern,
                objectKind(pattern),
                objectId(request),
                outcome(status),
                code == null ? "" : code.name(),
                RequestAttributes.correlationId(request),
                detail);
    }

    private static Outcome outcome(int status) {
        if (status < HttpStatus.BAD_REQUEST.value()) {
            return Outcome.SUCCESS;
        }
        return status < HttpStatus.INTERNAL_SERVER_ERROR.value() ? Outcome.REFUSED : Outcome.FAILED;
    }

    /** First word of the path, e.g. "vms". */
    private static String objectKind(String pattern) {
        if (!pattern.startsWith(Api.BASE + "/")) {
            return "";
        }
        String rest = pattern.substring(Api.BASE.length() + 1);
        int end = rest.indexOf('/');
        return end < 0 ? rest : rest.substring(0, end);
    }

    private static String objectId(HttpServletRequest request) {
        if (request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables) {
            return variables.values().stream().findFirst().map(String::valueOf).orElse("");
        }
        return "";
    }
}

package dev.meseta.manager.web.request;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.web.Api;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.springframework.http.HttpStatus;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.servlet.HandlerMapping;

/** Records every request that changes something, takes the audit log or records of traffic away or was refused, with how it ended. */
final class AuditFilter extends OncePerRequestFilter {

    /** What they take out of the house is worth a record, though they change nothing. */
    private static final Set<String> EXPORTS = Set.of(Api.BASE + "/audit/export", Api.BASE + "/flows/export");

    private static final Pattern DRY_RUN = Pattern.compile("(^|.*&)dryRun=true(&.*|$)");

    private final Audit audit;
    private final ObjectNames names;

    AuditFilter(Audit audit, ObjectNames names) {
        this.audit = audit;
        this.names = names;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return !request.getServletPath().startsWith(Api.BASE);
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        boolean completed = false;
        AuditNotes notes = new AuditNotes();
        try {
            completed = notes.<Boolean, Exception>call(() -> {
                chain.doFilter(request, response);
                return true;
            });
        } catch (ServletException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        } finally {
            int status = completed ? response.getStatus() : HttpStatus.INTERNAL_SERVER_ERROR.value();
            boolean denied = status == HttpStatus.UNAUTHORIZED.value() || status == HttpStatus.FORBIDDEN.value();
            if (denied || !Reading.isAskedBy(request) || EXPORTS.contains(request.getServletPath())) {
                audit.record(entry(request, status, notes));
            }
        }
    }

    private Audit.Entry entry(HttpServletRequest request, int status, AuditNotes notes) {
        ErrorCode code = RequestAttributes.errorCode(request);
        String pattern = request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String matched
                ? matched
                : request.getRequestURI();
        String username = RequestAttributes.attemptedUsername(request);
        Map<String, Object> detail = new TreeMap<>(RequestAttributes.details(request));
        detail.putAll(notes.said());
        Outcome outcome = outcome(status);
        if (outcome == Outcome.SUCCESS && !notes.changes().isEmpty()) {
            detail.put("changes", notes.changes());
        }
        String query = request.getQueryString();
        if (query != null && DRY_RUN.matcher(query).matches()) {
            detail.put("dryRun", true);
        }
        String kind = ObjectNames.kindIn(pattern);
        String id = ObjectNames.idIn(request).orElse(notes.objectId());
        String name = id.equals(notes.objectId()) ? notes.objectName() : names.name(kind, id);
        detail.put("status", status);
        if (!username.isEmpty()) {
            detail.put("username", username);
        }
        return new Audit.Entry(
                RequestAttributes.principal(request),
                request.getRemoteAddr(),
                request.getMethod() + " " + pattern,
                kind,
                id,
                name,
                outcome,
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
}

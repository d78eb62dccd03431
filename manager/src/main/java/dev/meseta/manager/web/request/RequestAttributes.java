package dev.meseta.manager.web.request;

import dev.meseta.manager.shared.ErrorCode;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What filters and controllers tell each other about one request. */
public final class RequestAttributes {

    /** Name of who asks before anybody signed in. */
    public static final String ANONYMOUS = "anonymous";

    private static final String CORRELATION_ID = RequestAttributes.class.getName() + ".correlationId";
    private static final String PRINCIPAL = RequestAttributes.class.getName() + ".principal";
    private static final String ERROR_CODE = RequestAttributes.class.getName() + ".errorCode";
    private static final String ATTEMPTED_USERNAME = RequestAttributes.class.getName() + ".attemptedUsername";

    private static final String DETAILS = RequestAttributes.class.getName() + ".details";

    private RequestAttributes() {}

    public static String correlationId(HttpServletRequest request) {
        return text(request, CORRELATION_ID, "");
    }

    static void setCorrelationId(HttpServletRequest request, String correlationId) {
        request.setAttribute(CORRELATION_ID, correlationId);
    }

    /** Who asks, once that is known. */
    public static String principal(HttpServletRequest request) {
        return text(request, PRINCIPAL, ANONYMOUS);
    }

    public static void setPrincipal(HttpServletRequest request, String principal) {
        request.setAttribute(PRINCIPAL, principal);
    }

    static @Nullable ErrorCode errorCode(HttpServletRequest request) {
        return request.getAttribute(ERROR_CODE) instanceof ErrorCode code ? code : null;
    }

    public static void setErrorCode(HttpServletRequest request, ErrorCode code) {
        request.setAttribute(ERROR_CODE, code);
    }

    static String attemptedUsername(HttpServletRequest request) {
        return text(request, ATTEMPTED_USERNAME, "");
    }

    /** Whose name was tried at sign-in, for the audit record. */
    public static void setAttemptedUsername(HttpServletRequest request, String username) {
        request.setAttribute(ATTEMPTED_USERNAME, username);
    }

    static Map<String, Object> details(HttpServletRequest request) {
        return request.getAttribute(DETAILS) instanceof Details details ? Map.copyOf(details.values()) : Map.of();
    }

    /** Something more for the audit record. */
    public static void addDetail(HttpServletRequest request, String name, String value) {
        Details details = request.getAttribute(DETAILS) instanceof Details known ? known : new Details(new TreeMap<>());
        details.values().put(name, value);
        request.setAttribute(DETAILS, details);
    }

    private record Details(Map<String, Object> values) {}

    private static String text(HttpServletRequest request, String name, String otherwise) {
        return request.getAttribute(name) instanceof String text ? text : otherwise;
    }
}

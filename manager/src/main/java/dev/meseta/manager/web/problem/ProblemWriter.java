package dev.meseta.manager.web.problem;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import dev.meseta.manager.web.request.RequestAttributes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.http.HttpHeaders;
import org.springframework.http.MediaType;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes problems, from controllers and filters alike. */
@Component
public class ProblemWriter {

    private static final String RETRY_AFTER_SECONDS = "5";
    private static final String RETRY_AFTER_TOO_MANY_SECONDS = "60";

    private final JsonMapper json;

    ProblemWriter(JsonMapper json) {
        this.json = json;
    }

    public void write(HttpServletRequest request, HttpServletResponse response, MesetaException problem)
            throws IOException {
        write(
                request,
                response,
                problem.code(),
                String.valueOf(problem.getMessage()),
                problem.factors(),
                problem.fieldErrors());
    }

    /** Has no effect when the answer is on its way already. */
    public void write(
            HttpServletRequest request,
            HttpServletResponse response,
            ErrorCode code,
            String detail,
            List<FieldError> errors)
            throws IOException {
        write(request, response, code, detail, List.of(), errors);
    }

    private void write(
            HttpServletRequest request,
            HttpServletResponse response,
            ErrorCode code,
            String detail,
            List<String> factors,
            List<FieldError> errors)
            throws IOException {
        RequestAttributes.setErrorCode(request, code);
        if (response.isCommitted()) {
            return;
        }
        response.resetBuffer();
        response.setStatus(code.httpStatus());
        switch (code.httpStatus()) {
            case 401 -> response.setHeader(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
            case 429 -> response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_TOO_MANY_SECONDS);
            case 503 -> response.setHeader(HttpHeaders.RETRY_AFTER, RETRY_AFTER_SECONDS);
            default -> {
                // No header of its own.
            }
        }
        response.setContentType(MediaType.APPLICATION_PROBLEM_JSON_VALUE);
        response.setCharacterEncoding(StandardCharsets.UTF_8);
        Problem problem = Problem.of(code, detail, RequestAttributes.correlationId(request), factors, errors);
        response.getOutputStream().write(json.writeValueAsBytes(problem));
    }
}

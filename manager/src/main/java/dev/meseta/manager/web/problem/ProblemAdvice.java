package dev.meseta.manager.web.problem;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.dao.OptimisticLockingFailureException;
import org.springframework.http.converter.HttpMessageNotReadableException;
import org.springframework.validation.BindingResult;
import org.springframework.validation.method.ParameterValidationResult;
import org.springframework.web.ErrorResponse;
import org.springframework.web.HttpMediaTypeNotAcceptableException;
import org.springframework.web.HttpMediaTypeNotSupportedException;
import org.springframework.web.HttpRequestMethodNotSupportedException;
import org.springframework.web.bind.MethodArgumentNotValidException;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.context.request.async.AsyncRequestNotUsableException;
import org.springframework.web.method.annotation.HandlerMethodValidationException;
import org.springframework.web.method.annotation.MethodArgumentTypeMismatchException;
import org.springframework.web.servlet.resource.NoResourceFoundException;
import tools.jackson.core.JacksonException;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.databind.DatabindException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;

/** Turns every exception of a controller into a problem. */
@RestControllerAdvice
@Order(Ordered.HIGHEST_PRECEDENCE)
class ProblemAdvice {

    private static final Logger LOG = LoggerFactory.getLogger(ProblemAdvice.class);
    private static final int MAX_SHOWN = 100;

    private final ProblemWriter problems;

    ProblemAdvice(ProblemWriter problems) {
        this.problems = problems;
    }

    @ExceptionHandler
    void refused(MesetaException e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (e.code() == ErrorCode.INTERNAL) {
            LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
        }
        problems.write(request, response, e);
    }

    @ExceptionHandler
    void stale(OptimisticLockingFailureException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        problems.write(
                request,
                response,
                ErrorCode.STALE_VERSION,
                "Somebody else changed the object at the same moment. Read it again and repeat the change.",
                List.of());
    }

    @ExceptionHandler
    void unreadable(HttpMessageNotReadableException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        Throwable cause = e.getCause();
        if (cause instanceof UnrecognizedPropertyException unknown) {
            String known = Objects.requireNonNullElse(unknown.getKnownPropertyIds(), List.of()).stream()
                    .map(String::valueOf)
                    .sorted()
                    .collect(Collectors.joining(", "));
            field(request, response, path(unknown), "There is no such field here. Known are: %s.".formatted(known));
        } else if (cause instanceof DatabindException wrong && !wrong.getPath().isEmpty()) {
            field(request, response, path(wrong), "The value has the wrong type or form.");
        } else {
            problems.write(
                    request,
                    response,
                    ErrorCode.MALFORMED_REQUEST,
                    "The body is missing or is not the JSON object that is expected here" + position(cause) + ".",
                    List.of());
        }
    }

    private static String position(@Nullable Throwable cause) {
        if (cause instanceof JacksonException broken && broken.getLocation() != null) {
            TokenStreamLocation location = broken.getLocation();
            return " (line %d, column %d)".formatted(location.getLineNr(), location.getColumnNr());
        }
        return "";
    }

    @ExceptionHandler
    void wrongParameter(MethodArgumentTypeMismatchException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        notOfType(request, response, e.getName(), e.getValue(), e.getRequiredType());
    }

    private void notOfType(
            HttpServletRequest request,
            HttpServletResponse response,
            String name,
            @Nullable Object value,
            @Nullable Class<?> type)
            throws IOException {
        field(request, response, name, "%s is not %s.".formatted(shown(value), inWords(type)));
    }

    private static String inWords(@Nullable Class<?> type) {
        if (type == UUID.class) {
            return "a UUID";
        }
        if (type == Integer.class || type == int.class || type == Long.class || type == long.class) {
            return "a whole number";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "true or false";
        }
        if (type == Instant.class) {
            return "a time like 2026-01-31T12:00:00Z";
        }
        return "a value that is possible here";
    }

    @ExceptionHandler
    void invalidBody(MethodArgumentNotValidException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        var unreadable = e.getBindingResult().getFieldErrors().stream()
                .filter(org.springframework.validation.FieldError::isBindingFailure)
                .findFirst();
        if (unreadable.isPresent()) {
            String name = unreadable.get().getField();
            notOfType(
                    request,
                    response,
                    name,
                    unreadable.get().getRejectedValue(),
                    e.getBindingResult().getFieldType(name));
        } else {
            invalid(request, response, fieldErrors(e.getBindingResult()));
        }
    }

    @ExceptionHandler
    void invalidParameters(HandlerMethodValidationException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        List<FieldError> errors = e.getParameterValidationResults().stream()
                .flatMap(ProblemAdvice::fieldErrors)
                .toList();
        invalid(request, response, errors);
    }

    @ExceptionHandler
    void wrongMethod(HttpRequestMethodNotSupportedException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        String[] supported = e.getSupportedMethods();
        if (supported != null) {
            response.setHeader("Allow", String.join(", ", supported));
        }
        problems.write(
                request,
                response,
                ErrorCode.METHOD_NOT_ALLOWED,
                "%s is not possible here; possible: %s."
                        .formatted(e.getMethod(), supported == null ? "nothing" : String.join(", ", supported)),
                List.of());
    }

    @ExceptionHandler
    void wrongType(HttpMediaTypeNotSupportedException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        problems.write(
                request,
                response,
                ErrorCode.UNSUPPORTED_MEDIA_TYPE,
                "The body must be application/json; it was %s.".formatted(shown(e.getContentType())),
                List.of());
    }

    @ExceptionHandler
    void notAcceptable(HttpMediaTypeNotAcceptableException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        field(request, response, "Accept", "The answer is %s only.".formatted(e.getSupportedMediaTypes()));
    }

    @ExceptionHandler
    void notThere(NoResourceFoundException e, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        problems.write(
                request,
                response,
                ErrorCode.NOT_FOUND,
                "There is nothing at %s.".formatted(shown(request.getRequestURI())),
                List.of());
    }

    @ExceptionHandler
    void clientGone(AsyncRequestNotUsableException e) {
        LOG.debug("The client went away before the answer was complete", e);
    }

    @ExceptionHandler
    void unexpected(Exception e, HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (e instanceof ErrorResponse known && known.getStatusCode().is4xxClientError()) {
            problems.write(
                    request,
                    response,
                    ErrorCode.MALFORMED_REQUEST,
                    Objects.requireNonNullElse(known.getBody().getDetail(), "The request cannot be understood."),
                    List.of());
            return;
        }
        LOG.error("{} {} failed", request.getMethod(), request.getRequestURI(), e);
        problems.write(
                request,
                response,
                ErrorCode.INTERNAL,
                "Something went wrong inside the manager. Its log has the reason under this correlation id.",
                List.of());
    }

    private void field(HttpServletRequest request, HttpServletResponse response, String field, String message)
            throws IOException {
        problems.write(
                request,
                response,
                ErrorCode.MALFORMED_REQUEST,
                field + ": " + message,
                List.of(new FieldError(field, message)));
    }

    private void invalid(HttpServletRequest request, HttpServletResponse response, List<FieldError> errors)
            throws IOException {
        String detail = String.join(
                " ",
                errors.stream()
                        .map(error -> error.field() + ": " + error.message() + ".")
                        .toList());
        problems.write(request, response, ErrorCode.VALIDATION_FAILED, detail, errors);
    }

    private static Stream<FieldError> fieldErrors(ParameterValidationResult result) {
        if (result instanceof BindingResult body) {
            return fieldErrors(body).stream();
        }
        String name = Objects.requireNonNullElse(result.getMethodParameter().getParameterName(), "parameter");
        return result.getResolvableErrors().stream()
                .map(error ->
                        new FieldError(name, Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid")));
    }

    private static List<FieldError> fieldErrors(BindingResult result) {
        return result.getFieldErrors().stream()
                .map(error -> new FieldError(
                        error.getField(), Objects.requireNonNullElse(error.getDefaultMessage(), "is not valid")))
                .toList();
    }

    private static String path(DatabindException e) {
        StringBuilder path = new StringBuilder();
        for (JacksonException.Reference part : e.getPath()) {
            if (part.getPropertyName() == null) {
                path.append('[').append(part.getIndex()).append(']');
            } else {
                path.append(path.isEmpty() ? "" : ".").append(part.getPropertyName());
            }
        }
        return shown(path);
    }

    /** A value of the request, not longer than people read. */
    private static String shown(@Nullable Object value) {
        String text = String.valueOf(value);
        return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "…";
    }
}

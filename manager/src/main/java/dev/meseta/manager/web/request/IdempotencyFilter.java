package dev.meseta.manager.web.request;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.TakenIn;
import dev.meseta.manager.shared.web.AcceptedTasks;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.web.internal.IdempotencyStore;
import dev.meseta.manager.web.internal.IdempotencyStore.Answer;
import dev.meseta.manager.web.internal.IdempotencyStore.Claim;
import dev.meseta.manager.web.internal.IdempotencyStore.Request;
import dev.meseta.manager.web.problem.ProblemWriter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.filter.OncePerRequestFilter;
import org.springframework.web.util.ContentCachingResponseWrapper;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code Idempotency-Key} on whatever changes something: the same key with the same request again gets the answer of the
 * first, and does nothing. Kept for a day. An answer that invites to try again (429, 5xx, a factor to show first) is not
 * kept. A request that became a task is known by it even when nobody could answer.
 */
final class IdempotencyFilter extends OncePerRequestFilter {

    private static final String HEADER = "Idempotency-Key";
    private static final String REPLAYED = "Idempotency-Replayed";
    private static final Pattern KEY = Pattern.compile("[\\x21-\\x7e]{1,200}");

    private final IdempotencyStore store;
    private final AcceptedTasks tasks;
    private final JsonMapper json;
    private final ProblemWriter problems;

    IdempotencyFilter(IdempotencyStore store, AcceptedTasks tasks, JsonMapper json, ProblemWriter problems) {
        this.store = store;
        this.tasks = tasks;
        this.json = json;
        this.problems = problems;
    }

    @Override
    protected boolean shouldNotFilter(HttpServletRequest request) {
        return Reading.isAskedBy(request)
                || request.getHeader(HEADER) == null
                || !request.getServletPath().startsWith(Api.BASE)
                || request.getUserPrincipal() == null;
    }

    @Override
    protected void doFilterInternal(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        String key = request.getHeader(HEADER);
        if (!KEY.matcher(key).matches()) {
            problems.write(
                    request,
                    response,
                    ErrorCode.MALFORMED_REQUEST,
                    "The Idempotency-Key must have 1 to 200 visible ASCII characters.",
                    List.of());
            return;
        }
        Request claimed =
                new Request(RequestAttributes.principal(request), key, methodPath(request), bodyHash(request));
        switch (store.claim(claimed)) {
            case Claim.Mine mine -> answer(claimed, mine.attempt(), request, response, chain);
            case Claim.Answered answered -> repeat(answered.answer(), response);
            case Claim.Became became -> accept(became.taskId(), response);
            case Claim.InProgress inProgress ->
                problems.write(
                        request,
                        response,
                        ErrorCode.REQUEST_IN_PROGRESS,
                        "The first request with this Idempotency-Key is still being answered; ask again in a moment.",
                        List.of());
            case Claim.OtherRequest other ->
                problems.write(
                        request,
                        response,
                        ErrorCode.IDEMPOTENCY_KEY_REUSED,
                        "This Idempotency-Key was used for another request; use a new key for every new request.",
                        List.of());
        }
    }

    /** The same request may be let in a moment. */
    private static boolean isForAnotherTry(@Nullable ErrorCode code) {
        return code == ErrorCode.TOO_MANY_REQUESTS
                || code == ErrorCode.STEP_UP_REQUIRED
                || code == ErrorCode.MFA_ENROLMENT_REQUIRED
                || code == ErrorCode.FACTOR_WRONG;
    }

    private void answer(
            Request claimed, UUID attempt, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        var caching = new ContentCachingResponseWrapper(response);
        boolean kept = false;
        try {
            take(claimed, attempt, request, caching, chain);
            int status = caching.getStatus();
            if (status < 500 && !isForAnotherTry(RequestAttributes.errorCode(request))) {
                store.complete(
                        claimed,
                        attempt,
                        new Answer(
                                status,
                                caching.getHeader(HttpHeaders.LOCATION),
                                caching.getHeader(HttpHeaders.ETAG),
                                caching.getContentType(),
                                caching.getContentAsByteArray()));
                kept = true;
            }
        } finally {
            if (!kept) {
                store.abandon(claimed, attempt);
            }
        }
        caching.copyBodyToResponse();
    }

    private void take(
            Request claimed, UUID attempt, HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws ServletException, IOException {
        try {
            TakenIn.<Boolean, Exception>listening(taskId -> store.became(claimed, attempt, taskId), () -> {
                chain.doFilter(request, response);
                return true;
            });
        } catch (ServletException | IOException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new ServletException(e);
        }
    }

    /** What whoever took it in would have answered. */
    private void accept(UUID taskId, HttpServletResponse response) throws IOException {
        Optional<?> task = tasks.find(taskId);
        if (task.isEmpty()) {
            throw new IllegalStateException("a request became task " + taskId + ", which is not there");
        }
        response.setStatus(HttpStatus.ACCEPTED.value());
        response.setHeader(HttpHeaders.LOCATION, Api.BASE + "/tasks/" + taskId);
        response.setHeader(REPLAYED, "true");
        response.setContentType(MediaType.APPLICATION_JSON_VALUE);
        response.getOutputStream().write(json.writeValueAsBytes(task.get()));
    }

    private static void repeat(Answer answer, HttpServletResponse response) throws IOException {
        response.setStatus(answer.status());
        if (answer.location() != null) {
            response.setHeader(HttpHeaders.LOCATION, answer.location());
        }
        if (answer.entityTag() != null) {
            response.setHeader(HttpHeaders.ETAG, answer.entityTag());
        }
        response.setHeader(REPLAYED, "true");
        if (answer.contentType() != null) {
            response.setContentType(answer.contentType());
        }
        response.getOutputStream().write(answer.body());
    }

    private static String methodPath(HttpServletRequest request) {
        String query = request.getQueryString();
        return request.getMethod() + " " + request.getRequestURI() + (query == null ? "" : "?" + query);
    }

    private static String bodyHash(HttpServletRequest request) {
        if (!(request instanceof BodyFilter.WithBody withBody)) {
            throw new IllegalStateException("the body filter must come first");
        }
        try {
            String ifMatch = request.getHeader(HttpHeaders.IF_MATCH);
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update((ifMatch == null ? "" : ifMatch).getBytes(StandardCharsets.UTF_8));
            digest.update((byte) 0);
            return HexFormat.of().formatHex(digest.digest(withBody.body()));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 does not work in this JDK", e);
        }
    }
}

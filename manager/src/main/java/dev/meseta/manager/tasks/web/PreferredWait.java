package dev.meseta.manager.tasks.web;

import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.TaskWaits;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import jakarta.servlet.http.HttpServletResponse;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.core.MethodParameter;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.converter.HttpMessageConverter;
import org.springframework.http.server.ServerHttpRequest;
import org.springframework.http.server.ServerHttpResponse;
import org.springframework.http.server.ServletServerHttpResponse;
import org.springframework.web.bind.annotation.RestControllerAdvice;
import org.springframework.web.servlet.mvc.method.annotation.ResponseBodyAdvice;

/**
 * {@code Prefer: wait=N} (RFC 7240): a request that becomes a task is answered when the task has ended, with 200 and the
 * ended task, or after so many seconds with 202 as without it. The task itself goes on in either case.
 */
@RestControllerAdvice
class PreferredWait implements ResponseBodyAdvice<Object>, OpenApiCustomizer {

    /** Below the idle timeout of the proxies in common use, which is a minute. */
    static final int LONGEST_SECONDS = 50;

    private static final String HEADER = "Prefer";
    private static final String APPLIED = "Preference-Applied";
    private static final Pattern WAIT =
            Pattern.compile("(?:^|[,;])\\s*wait\\s*=\\s*\"?(\\d{1,9})\"?\\s*(?=$|[,;])", Pattern.CASE_INSENSITIVE);

    private final TaskWaits waits;

    PreferredWait(TaskWaits waits) {
        this.waits = waits;
    }

    @Override
    public boolean supports(MethodParameter returnType, Class<? extends HttpMessageConverter<?>> converterType) {
        return true;
    }

    @Override
    public @Nullable Object beforeBodyWrite(
            @Nullable Object body,
            MethodParameter returnType,
            MediaType selectedContentType,
            Class<? extends HttpMessageConverter<?>> selectedConverterType,
            ServerHttpRequest request,
            ServerHttpResponse response) {
        if (!(body instanceof TaskView task) || !isAccepted(response)) {
            return body;
        }
        Optional<Integer> seconds = secondsIn(request.getHeaders().getOrEmpty(HEADER));
        if (seconds.isEmpty()) {
            return body;
        }
        TaskView now =
                waits.awaitEnd(task.id(), Duration.ofSeconds(seconds.get())).orElse(task);
        response.getHeaders().set(APPLIED, "wait=" + seconds.get());
        if (now.state().isFinal()) {
            response.setStatusCode(HttpStatus.OK);
        }
        return now;
    }

    private static boolean isAccepted(ServerHttpResponse response) {
        return response instanceof ServletServerHttpResponse servlet
                && servlet.getServletResponse().getStatus() == HttpServletResponse.SC_ACCEPTED;
    }

    /** Longer waits than the longest are shortened, as the RFC lets a server do; what cannot be read is no wish. */
    static Optional<Integer> secondsIn(List<String> preferences) {
        for (String preference : preferences) {
            Matcher wait = WAIT.matcher(preference);
            if (wait.find()) {
                return Optional.of(Math.min(Integer.parseInt(wait.group(1)), LONGEST_SECONDS));
            }
        }
        return Optional.empty();
    }

    @Override
    public void customise(OpenAPI description) {
        description.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .filter(operation -> operation.getResponses().containsKey("202"))
                .forEach(operation -> operation.addParametersItem(new Parameter()
                        .name(HEADER)
                        .in("header")
                        .required(false)
                        .description("wait=N: answer when the task has ended, with 200 and the ended task, or after N"
                                + " seconds (at most " + LONGEST_SECONDS + ") with 202")
                        .schema(text())));
    }

    private static Schema<?> text() {
        JsonSchema text = new JsonSchema();
        boolean unused = text.addType("string");
        return text.example("wait=20");
    }
}

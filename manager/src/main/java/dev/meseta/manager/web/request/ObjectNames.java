package dev.meseta.manager.web.request;

import dev.meseta.manager.audit.AuditedNames;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.web.Api;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.core.Ordered;
import org.springframework.stereotype.Component;
import org.springframework.web.servlet.HandlerInterceptor;
import org.springframework.web.servlet.HandlerMapping;
import org.springframework.web.servlet.config.annotation.InterceptorRegistry;
import org.springframework.web.servlet.config.annotation.WebMvcConfigurer;

/**
 * Notes for the audit record what the object of a request that changes something is called, before anything happens to it and
 * before anybody asks whether it may.
 */
@Component
class ObjectNames implements HandlerInterceptor, WebMvcConfigurer {

    private static final Logger LOG = LoggerFactory.getLogger(ObjectNames.class);

    private final ObjectProvider<AuditedNames> known;

    ObjectNames(ObjectProvider<AuditedNames> known) {
        this.known = known;
    }

    @Override
    public void addInterceptors(InterceptorRegistry registry) {
        registry.addInterceptor(this).order(Ordered.HIGHEST_PRECEDENCE);
    }

    @Override
    public boolean preHandle(HttpServletRequest request, HttpServletResponse response, Object handler) {
        if (!Reading.isAskedBy(request)
                && request.getAttribute(HandlerMapping.BEST_MATCHING_PATTERN_ATTRIBUTE) instanceof String pattern) {
            idIn(request)
                    .ifPresent(id -> uuid(id).ifPresent(uuid -> {
                        String name = name(kindIn(pattern), id);
                        if (!name.isEmpty()) {
                            AuditNotes.object(uuid, name);
                        }
                    }));
        }
        return true;
    }

    /** Empty: there is none, or nobody knows. */
    String name(String kind, String id) {
        AuditedNames names = byKind().get(kind);
        if (names == null) {
            return "";
        }
        try {
            return uuid(id).flatMap(names::name).orElse("");
        } catch (RuntimeException e) {
            // The record matters more than the name in it, and so does the request.
            LOG.debug("The name of {} {} is not known", kind, id, e);
            return "";
        }
    }

    private Map<String, AuditedNames> byKind() {
        return known.stream().collect(Collectors.toMap(AuditedNames::kind, Function.identity()));
    }

    /** First word of a path, e.g. "vms". */
    static String kindIn(String pattern) {
        if (!pattern.startsWith(Api.BASE + "/")) {
            return "";
        }
        String rest = pattern.substring(Api.BASE.length() + 1);
        int end = rest.indexOf('/');
        return end < 0 ? rest : rest.substring(0, end);
    }

    static Optional<String> idIn(HttpServletRequest request) {
        return request.getAttribute(HandlerMapping.URI_TEMPLATE_VARIABLES_ATTRIBUTE) instanceof Map<?, ?> variables
                ? variables.values().stream().findFirst().map(String::valueOf)
                : Optional.empty();
    }

    private static Optional<UUID> uuid(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

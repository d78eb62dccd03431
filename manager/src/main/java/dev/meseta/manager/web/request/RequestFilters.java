package dev.meseta.manager.web.request;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.shared.tracing.Tracing;
import dev.meseta.manager.shared.web.AcceptedTasks;
import dev.meseta.manager.web.internal.IdempotencyStore;
import dev.meseta.manager.web.problem.ProblemWriter;
import jakarta.servlet.Filter;
import org.springframework.boot.security.autoconfigure.web.servlet.SecurityFilterProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;
import tools.jackson.databind.json.JsonMapper;

/** The order of the filters: correlation, limits, trace and audit around the security chain, the rest inside. */
@Configuration(proxyBeanMethods = false)
class RequestFilters {

    private static final int SECURITY = SecurityFilterProperties.DEFAULT_FILTER_ORDER;

    @Bean
    FilterRegistrationBean<Filter> correlationFilter() {
        return ordered(new CorrelationFilter(), Ordered.HIGHEST_PRECEDENCE);
    }

    @Bean
    FilterRegistrationBean<Filter> tracingFilter(Tracing tracing) {
        return ordered(new TracingFilter(tracing), Ordered.HIGHEST_PRECEDENCE + 3);
    }

    @Bean
    FilterRegistrationBean<Filter> auditFilter(Audit audit, ObjectNames names) {
        return ordered(new AuditFilter(audit, names), Ordered.HIGHEST_PRECEDENCE + 4);
    }

    @Bean
    FilterRegistrationBean<Filter> requestContextBindingFilter() {
        return ordered(new RequestContextFilter(), SECURITY + 1);
    }

    @Bean
    FilterRegistrationBean<Filter> bodyFilter(ProblemWriter problems) {
        return ordered(new BodyFilter(problems), SECURITY + 2);
    }

    @Bean
    FilterRegistrationBean<Filter> idempotencyFilter(
            IdempotencyStore store, AcceptedTasks tasks, JsonMapper json, ProblemWriter problems) {
        return ordered(new IdempotencyFilter(store, tasks, json, problems), SECURITY + 3);
    }

    private static FilterRegistrationBean<Filter> ordered(Filter filter, int order) {
        var registration = new FilterRegistrationBean<>(filter);
        registration.setOrder(order);
        return registration;
    }
}

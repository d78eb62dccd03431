package dev.meseta.manager.web.limits;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.Topics;
import dev.meseta.manager.web.problem.ProblemWriter;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.servlet.Filter;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.web.servlet.FilterRegistrationBean;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.Ordered;

/** Beans of the limits. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(LimitsProperties.class)
class LimitsConfiguration {

    /** After the correlation id is known, before the audit filter, which would record every refusal. */
    private static final int ORDER = Ordered.HIGHEST_PRECEDENCE + 2;

    @Bean
    FilterRegistrationBean<Filter> limitFilter(
            LimitsProperties limits,
            Topics topics,
            Audit audit,
            EventPublisher events,
            ManagerIdentity self,
            MeterRegistry registry,
            ProblemWriter problems) {
        var filter = new LimitFilter(
                new Buckets(limits, topics.topic("limits.taken", Buckets.Taken.class), System::nanoTime),
                new UnderWay(limits),
                new KnownCallers(),
                new Bursts(audit, events, self, registry, System::nanoTime),
                problems);
        var registration = new FilterRegistrationBean<Filter>(filter);
        registration.setOrder(ORDER);
        return registration;
    }
}

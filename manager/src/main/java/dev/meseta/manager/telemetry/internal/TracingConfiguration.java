package dev.meseta.manager.telemetry.internal;

import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.tracing.Tracing;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Traces, where somebody takes them. Else nothing of OpenTelemetry is even loaded. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties(TracesProperties.class)
class TracingConfiguration {

    @Bean
    Tracing tracing(TracesProperties properties, ManagerIdentity identity, @Value("${meseta.name}") String name) {
        return properties.endpoint().isBlank()
                ? Tracing.OFF
                : CollectedTraces.sentTo(properties, identity.id().toString(), name);
    }
}

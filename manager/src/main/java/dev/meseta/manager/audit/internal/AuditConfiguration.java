package dev.meseta.manager.audit.internal;

import dev.meseta.manager.membership.Membership;
import java.security.GeneralSecurityException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.ssl.SslBundles;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What one manager of several does with the log: forwarding it, and removing what is old. The eldest is the one. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({SyslogProperties.class, RetentionProperties.class})
class AuditConfiguration {

    @Bean
    SyslogForwarder syslogForwarder(
            SyslogProperties settings,
            @Value("${meseta.public-address}") String publicAddress,
            ForwardRows rows,
            Formats formats,
            SslBundles bundles,
            Membership membership,
            InstantSource clock) {
        return new SyslogForwarder(
                settings,
                publicAddress,
                rows,
                formats,
                () -> sockets(bundles, settings.sslBundle()),
                membership::isEldest,
                clock);
    }

    private static SSLSocketFactory sockets(SslBundles bundles, String name) {
        try {
            SSLContext context = name.isEmpty()
                    ? SSLContext.getDefault()
                    : bundles.getBundle(name).createSslContext();
            return context.getSocketFactory();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("TLS does not work in this JDK", e);
        }
    }

    @Bean
    SmartLifecycle auditRetention(RetentionProperties settings, Retention retention, Membership membership) {
        return new RetentionLoop(settings, retention, membership);
    }

    /** Looks once an hour. */
    private static final class RetentionLoop implements SmartLifecycle {

        private static final Logger LOG = LoggerFactory.getLogger(RetentionLoop.class);
        private static final Duration EVERY = Duration.ofHours(1);

        private final RetentionProperties settings;
        private final Retention retention;
        private final Membership membership;
        private volatile @Nullable ScheduledExecutorService loop;

        private RetentionLoop(RetentionProperties settings, Retention retention, Membership membership) {
            this.settings = settings;
            this.retention = retention;
            this.membership = membership;
        }

        @Override
        public void start() {
            if (settings.keepDays() > 0) {
                ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                        Thread.ofPlatform().daemon().name("audit-retention").factory());
                loop = started;
                var unused = started.scheduleWithFixedDelay(this::look, 1, EVERY.toMinutes(), TimeUnit.MINUTES);
            }
        }

        private void look() {
            try {
                if (membership.isEldest()) {
                    long unused = retention.removeOlderThan(settings.keepDays());
                }
            } catch (RuntimeException | GeneralSecurityException e) {
                // Whatever it is: a loop that throws is never run again.
                LOG.warn("Old audit records could not be removed; it is tried again in an hour", e);
            }
        }

        @Override
        public void stop() {
            ScheduledExecutorService ending = loop;
            loop = null;
            if (ending != null) {
                ending.shutdownNow();
            }
        }

        @Override
        public boolean isRunning() {
            return loop != null;
        }
    }
}

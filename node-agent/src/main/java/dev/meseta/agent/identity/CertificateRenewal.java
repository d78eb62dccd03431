package dev.meseta.agent.identity;

import dev.meseta.agent.errors.AgentException;
import java.security.KeyPair;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Asks for new certificates at two thirds of the life of the old ones, without a restart. It looks at the clock again and
 * again instead of waiting for a moment, so that a clock that jumps does no harm.
 */
public final class CertificateRenewal implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(CertificateRenewal.class.getName());

    private final AgentCredentials credentials;
    private final IdentityFiles files;
    private final EmulatorCertificates emulator;
    private final Enrolment enrolment;
    private final InstantSource clock;
    private final Executor executor;
    private final AtomicBoolean renewing = new AtomicBoolean();
    private final ScheduledFuture<?> ticks;

    public CertificateRenewal(
            AgentCredentials credentials,
            IdentityFiles files,
            EmulatorCertificates emulator,
            Enrolment enrolment,
            Timing timing) {
        this.credentials = credentials;
        this.files = files;
        this.emulator = emulator;
        this.enrolment = enrolment;
        this.clock = timing.clock();
        this.executor = timing.executor();
        this.ticks = timing.scheduler()
                .scheduleWithFixedDelay(this::tick, 0, timing.lookEvery().toMillis(), TimeUnit.MILLISECONDS);
    }

    /**
     * When it looks, and where it works.
     *
     * @param lookEvery how often the clock is looked at; also the pause before another try
     */
    public record Timing(
            InstantSource clock, ScheduledExecutorService scheduler, Executor executor, Duration lookEvery) {}

    private void tick() {
        if (!clock.instant().isBefore(credentials.renewAt()) && renewing.compareAndSet(false, true)) {
            executor.execute(() -> {
                try {
                    renew();
                } catch (AgentException e) {
                    LOG.log(
                            System.Logger.Level.WARNING,
                            "The certificate could not be renewed and is good until {0}; trying again: {1}",
                            credentials.stored().agent().leaf().getNotAfter().toInstant(),
                            e.detail());
                } finally {
                    renewing.set(false);
                }
            });
        }
    }

    private void renew() {
        IdentityFiles.Stored old = credentials.stored();
        KeyPair agent = Certificates.newKeyPair();
        Enrolment.Renewed renewed = enrolment.renew(new Enrolment.Requests(
                CertificateRequest.der(agent.getPublic(), agent.getPrivate()),
                CertificateRequest.der(
                        old.migration().leaf().getPublicKey(), old.migration().key())));
        IdentityFiles.Stored fresh = new IdentityFiles.Stored(
                new KeyAndChain(agent.getPrivate(), renewed.agentChain()),
                new KeyAndChain(old.migration().key(), renewed.migrationChain()),
                old.controlAuthority(),
                old.migrationAuthority());
        credentials.use(fresh);
        files.store(fresh);
        emulator.write(fresh.migration(), fresh.migrationAuthority());
        LOG.log(
                System.Logger.Level.INFO,
                "The certificate was renewed and is good until {0}",
                fresh.agent().leaf().getNotAfter().toInstant());
    }

    @Override
    public void close() {
        ticks.cancel(false);
    }
}

package dev.meseta.manager.web.limits;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventCode;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.EventPublisher.Severity;
import dev.meseta.manager.shared.ManagerIdentity;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells people that somebody asks too much: one record and one event for a burst, whatever its length, and no more than so
 * many a minute whoever they are about. Every single refusal is in the metric only.
 */
final class Bursts {

    private static final Logger LOG = LoggerFactory.getLogger(Bursts.class);

    /** A burst is over after so long without a refusal. */
    private static final Duration QUIET = Duration.ofMinutes(1);

    static final int REPORTS_PER_MINUTE = 20;
    private static final int MAX_CALLERS = 1_000;

    private final Audit audit;
    private final EventPublisher events;
    private final ManagerIdentity self;
    private final LongSupplier nanos;
    private final Map<Caller.Kind, Counter> refused = new EnumMap<>(Caller.Kind.class);

    /** Until when a burst lasts if nothing more is refused. */
    private final Map<Caller, Long> running = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Caller, Long> eldest) {
            return size() > MAX_CALLERS;
        }
    };

    private long minuteBegan;
    private int reportsInMinute;

    Bursts(Audit audit, EventPublisher events, ManagerIdentity self, MeterRegistry registry, LongSupplier nanos) {
        this.audit = audit;
        this.events = events;
        this.self = self;
        this.nanos = nanos;
        this.minuteBegan = nanos.getAsLong();
        for (Caller.Kind kind : Caller.Kind.values()) {
            refused.put(
                    kind,
                    Counter.builder("meseta.requests.refused")
                            .description("Requests of somebody who asked for too much")
                            .tag("caller", kind.text())
                            .register(registry));
        }
    }

    /** One request. */
    record Refusal(Caller caller, String remoteAddress, String action, String correlationId) {}

    void refused(Refusal refusal) {
        Counter counter = refused.get(refusal.caller().kind());
        if (counter != null) {
            counter.increment();
        }
        if (isFirstOfBurst(refusal.caller())) {
            try {
                report(refusal);
            } catch (RuntimeException e) {
                // Who is refused is answered all the same.
                LOG.warn(
                        "{} ask for too much, which cannot be recorded",
                        refusal.caller().inWords(),
                        e);
            }
        }
    }

    private synchronized boolean isFirstOfBurst(Caller caller) {
        long now = nanos.getAsLong();
        Long until = running.put(caller, now + QUIET.toNanos());
        if (until != null && until - now >= 0) {
            return false;
        }
        if (now - minuteBegan >= Duration.ofMinutes(1).toNanos()) {
            minuteBegan = now;
            reportsInMinute = 0;
        }
        reportsInMinute++;
        return reportsInMinute <= REPORTS_PER_MINUTE;
    }

    private void report(Refusal refusal) {
        Caller caller = refusal.caller();
        audit.record(new Audit.Entry(
                caller.kind() == Caller.Kind.ADDRESS ? "anonymous" : caller.name(),
                refusal.remoteAddress(),
                refusal.action(),
                "limit",
                caller.name(),
                Audit.Outcome.REFUSED,
                ErrorCode.TOO_MANY_REQUESTS.name(),
                refusal.correlationId(),
                Map.of("caller", caller.kind().text(), "firstOfBurst", true)));
        events.publish(new EventDraft(
                EventKind.MANAGER_CHANGED.text(),
                "manager",
                self.id(),
                Severity.WARNING,
                EventCode.CALLER_THROTTLED.name(),
                "Requests of %s are refused for a while: they ask for more than one caller may."
                        .formatted(caller.inWords()),
                Map.of("caller", caller.kind().text(), "name", caller.name())));
    }
}

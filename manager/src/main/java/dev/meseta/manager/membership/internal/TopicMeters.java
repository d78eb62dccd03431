package dev.meseta.manager.membership.internal;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** How well managers hear each other. */
final class TopicMeters {

    private final Counter sent;
    private final Counter received;
    private final Counter dropped;
    private final Counter lost;
    private final Counter refused;
    private final Timer lag;

    TopicMeters(MeterRegistry registry) {
        sent = Counter.builder("meseta.topics.sent")
                .description("Messages told to other managers")
                .register(registry);
        received = Counter.builder("meseta.topics.received")
                .description("Messages heard from other managers")
                .register(registry);
        dropped = Counter.builder("meseta.topics.dropped")
                .description("Messages that were not sent, because there were too many or sending failed")
                .register(registry);
        lost = Counter.builder("meseta.topics.lost")
                .description("Envelopes of other managers that never came")
                .register(registry);
        refused = Counter.builder("meseta.topics.refused")
                .description("Envelopes that were not sealed by a manager of this installation, or came again")
                .register(registry);
        lag = Timer.builder("meseta.topics.lag")
                .description("From sending to hearing, by the clocks of two managers")
                .publishPercentileHistogram(false)
                .register(registry);
    }

    void sent(int messages) {
        sent.increment(messages);
    }

    void dropped(int messages) {
        dropped.increment(messages);
    }

    void received(int messages, long lagMillis) {
        received.increment(messages);
        lag.record(Duration.ofMillis(Math.max(0, lagMillis)));
    }

    void lost(long envelopes) {
        lost.increment((double) envelopes);
    }

    void refused() {
        refused.increment();
    }
}

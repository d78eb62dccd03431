package dev.meseta.manager.web.limits;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.fakes.RecordingEvents;
import dev.meseta.manager.shared.ManagerIdentity;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What people are told of floods. */
@Tag("unit")
class BurstsTest {

    private final AtomicLong nanos = new AtomicLong(Long.MAX_VALUE - 10);
    private final List<Audit.Entry> records = new ArrayList<>();
    private final RecordingEvents events = new RecordingEvents();
    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Bursts bursts =
            new Bursts(records::add, events, new ManagerIdentity(UUID.randomUUID()), registry, nanos::get);

    private void refuse(Caller caller) {
        bursts.refused(new Bursts.Refusal(caller, "192.0.2.7", "GET /api/v1/vms", "c-1"));
    }

    private void pass(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    @Test
    void a_burst_is_told_once_however_long_and_the_next_one_again() {
        Caller script = new Caller(Caller.Kind.TOKEN, "admin");
        for (int second = 0; second < 300; second++) {
            refuse(script);
            pass(Duration.ofSeconds(1));
        }
        assertThat(records).hasSize(1);
        assertThat(events.published).hasSize(1);
        assertThat(records.getFirst().principal()).isEqualTo("admin");
        assertThat(records.getFirst().code()).isEqualTo("TOO_MANY_REQUESTS");

        pass(Duration.ofMinutes(2));
        refuse(script);
        assertThat(records).hasSize(2);
        assertThat(registry.get("meseta.requests.refused")
                        .tag("caller", "token")
                        .counter()
                        .count())
                .isEqualTo(301);
    }

    @Test
    void a_flood_from_everywhere_does_not_fill_the_log() {
        for (int each = 0; each < 5_000; each++) {
            refuse(Caller.at("10.0.%d.%d".formatted(each / 256, each % 256)));
        }
        assertThat(records).hasSize(Bursts.REPORTS_PER_MINUTE);
        assertThat(events.published).hasSize(Bursts.REPORTS_PER_MINUTE);
    }

    @Test
    void who_is_refused_is_answered_also_when_nothing_can_be_recorded() {
        var broken = new Bursts(
                entry -> {
                    throw new IllegalStateException("no database");
                },
                events,
                new ManagerIdentity(UUID.randomUUID()),
                registry,
                nanos::get);
        broken.refused(new Bursts.Refusal(Caller.at("192.0.2.7"), "192.0.2.7", "GET /api/v1/vms", "c-1"));
        assertThat(events.published).isEmpty();
    }
}

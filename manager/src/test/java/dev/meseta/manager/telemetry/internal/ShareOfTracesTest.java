package dev.meseta.manager.telemetry.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.tracing.TraceIds;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class ShareOfTracesTest {

    private static final int TRACES = 10_000;

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 0.9, 1})
    void so_many_of_the_ids_that_the_manager_makes_are_recorded(double share) {
        var sampler = new ShareOfTraces(share);
        var ids = new UuidGenerator(InstantSource.fixed(Instant.EPOCH), new Random(1));

        int recorded = 0;
        for (int i = 0; i < TRACES; i++) {
            recorded += sampler.records(TraceIds.traceId(ids.next().toString())) ? 1 : 0;
        }

        assertThat(recorded / (double) TRACES).isEqualTo(share, within(0.02));
    }
}

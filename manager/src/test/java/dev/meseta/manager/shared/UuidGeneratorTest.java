package dev.meseta.manager.shared;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.SplittableRandom;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class UuidGeneratorTest {

    private static final Instant START = Instant.parse("2026-11-22T12:00:00Z");

    private Instant now = START;
    private final UuidGenerator ids = new UuidGenerator(() -> now, new SplittableRandom(7));

    @Test
    void an_id_has_version_7_its_variant_and_its_time() {
        UUID id = ids.next();

        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.getMostSignificantBits() >>> 16).isEqualTo(START.toEpochMilli());
    }

    @Test
    void ids_sort_by_creation_however_many_fall_into_a_millisecond_and_whatever_the_clock_does() {
        SplittableRandom random = new SplittableRandom(11);
        List<String> made = new ArrayList<>();
        for (int i = 0; i < 50_000; i++) {
            if (random.nextInt(1000) == 0) {
                now = now.plusMillis(random.nextLong(-3_600_000, 5));
            }
            made.add(ids.next().toString());
        }

        assertThat(made).isSorted();
        assertThat(new HashSet<>(made)).hasSameSizeAs(made);
    }

    @Test
    void two_generators_of_one_moment_do_not_collide() {
        InstantSource frozen = InstantSource.fixed(START);
        var one = new UuidGenerator(frozen, new SplittableRandom(1));
        var other = new UuidGenerator(frozen, new SplittableRandom(2));

        assertThat(one.next()).isNotEqualTo(other.next());
    }
}

package dev.meseta.manager.shared;

import java.time.InstantSource;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * UUIDs of version 7 (RFC 9562): milliseconds since the epoch, then random bits, so that ids sort by their time of
 * creation. Within one millisecond, and when the clock goes back, a counter in the bits after the version keeps the order.
 */
public final class UuidGenerator {

    private static final int COUNTER_LIMIT = 1 << 12;

    private final InstantSource clock;
    private final RandomGenerator random;

    private long lastMillis = Long.MIN_VALUE;
    private int counter;

    /** @param random must not be guessable where ids must not be */
    public UuidGenerator(InstantSource clock, RandomGenerator random) {
        this.clock = clock;
        this.random = random;
    }

    public synchronized UUID next() {
        long now = clock.millis();
        if (now > lastMillis) {
            lastMillis = now;
            // Half of the range stays free for ids of the same millisecond.
            counter = random.nextInt(COUNTER_LIMIT / 2);
        } else if (++counter == COUNTER_LIMIT) {
            lastMillis++;
            counter = 0;
        }
        long high = (lastMillis << 16) | 0x7000L | counter;
        long low = (random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL) | 0x8000_0000_0000_0000L;
        return new UUID(high, low);
    }
}

package dev.meseta.agent.fleet;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** A host's clock that goes wrong by a constant time. */
final class SkewedClock implements InstantSource {

    private final InstantSource right;
    private volatile Duration skew = Duration.ZERO;

    SkewedClock(InstantSource right) {
        this.right = right;
    }

    /** @param skew negative: the clock is late */
    void set(Duration skew) {
        this.skew = skew;
    }

    @Override
    public Instant instant() {
        return right.instant().plus(skew);
    }
}

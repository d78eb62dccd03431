package dev.meseta.agent.hypervisor;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Polls what has no event of its own: real processes and running migrations. */
public final class Await {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration INTERVAL = Duration.ofMillis(20);

    private Await() {}

    public static void until(String what, BooleanSupplier condition) {
        long begin = System.nanoTime();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - begin > PATIENCE.toNanos()) {
                throw new AssertionError("still not so after " + PATIENCE + ": " + what);
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }
}

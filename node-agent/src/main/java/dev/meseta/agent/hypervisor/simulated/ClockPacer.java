package dev.meseta.agent.hypervisor.simulated;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/** Lets a virtual clock follow real time, at a constant speed, until closed. */
public final class ClockPacer implements AutoCloseable {

    private static final long STEP_MILLISECONDS = 5;

    private final VirtualClock clock;
    private final double speed;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("virtual-clock").daemon().factory());
    private long last = System.nanoTime();

    private ClockPacer(VirtualClock clock, double speed) {
        this.clock = clock;
        this.speed = speed;
    }

    /** @param speed virtual seconds in a real one; 1 is real time */
    public static ClockPacer start(VirtualClock clock, double speed) {
        if (!(speed > 0)) {
            throw new IllegalArgumentException("speed must be positive, not " + speed);
        }
        ClockPacer pacer = new ClockPacer(clock, speed);
        var unused = pacer.executor.scheduleAtFixedRate(
                pacer::step, STEP_MILLISECONDS, STEP_MILLISECONDS, TimeUnit.MILLISECONDS);
        return pacer;
    }

    private void step() {
        long now = System.nanoTime();
        clock.advance(Duration.ofNanos((long) ((now - last) * speed)));
        last = now;
    }

    @Override
    public void close() {
        executor.shutdownNow();
    }
}

package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Topic;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Failed sign-ins of the last minute by address, at all managers that hear each other. In memory: a restart forgives, and
 * managers that do not hear each other allow as many each.
 */
final class FailedAttempts {

    static final int LIMIT = 10;
    static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MAX_ADDRESSES = 10_000;

    private final InstantSource clock;
    private final Map<String, Window> windows = new HashMap<>();

    private final Topic<Attempt> attempts;

    FailedAttempts(InstantSource clock, Topic<Attempt> attempts) {
        this.clock = clock;
        this.attempts = attempts;
        attempts.whenTold(this::hear);
    }

    /** What managers tell each other of a sign-in. */
    record Attempt(String address, boolean failed) {}

    private void hear(Attempt attempt) {
        if (attempt.failed()) {
            count(attempt.address());
        } else {
            uncount(attempt.address());
        }
    }

    private record Window(Instant since, int failures) {}

    synchronized void requireFewFrom(String address) {
        Window window = current(address);
        if (window != null && window.failures() >= LIMIT) {
            throw new MesetaException(
                    ErrorCode.TOO_MANY_REQUESTS,
                    "There were %d failed sign-ins from this address within a minute; wait a minute."
                            .formatted(window.failures()));
        }
    }

    void add(String address) {
        count(address);
        attempts.tellOthers(new Attempt(address, true));
    }

    void forget(String address) {
        if (uncount(address)) {
            attempts.tellOthers(new Attempt(address, false));
        }
    }

    private synchronized void count(String address) {
        Window window = current(address);
        if (window == null && windows.size() >= MAX_ADDRESSES) {
            Instant now = clock.instant();
            windows.values().removeIf(old -> isOver(old, now));
            if (windows.size() >= MAX_ADDRESSES) {
                windows.clear();
            }
        }
        windows.put(
                address,
                window == null ? new Window(clock.instant(), 1) : new Window(window.since(), window.failures() + 1));
    }

    private synchronized boolean uncount(String address) {
        return windows.remove(address) != null;
    }

    private @Nullable Window current(String address) {
        Window window = windows.get(address);
        if (window != null && isOver(window, clock.instant())) {
            windows.remove(address);
            return null;
        }
        return window;
    }

    private static boolean isOver(Window window, Instant now) {
        // A clock that went back does not lock anybody out.
        return now.isBefore(window.since()) || !now.isBefore(window.since().plus(WINDOW));
    }
}

package dev.meseta.manager.web.limits;

import java.util.concurrent.ConcurrentHashMap;

/** Requests of each caller that are being answered by this manager: event streams and long waits are among them. */
final class UnderWay {

    private final LimitsProperties limits;
    private final ConcurrentHashMap<Caller, Integer> counts = new ConcurrentHashMap<>();

    UnderWay(LimitsProperties limits) {
        this.limits = limits;
    }

    /** One more, unless there are too many; then it must not {@link #leave}. */
    boolean enter(Caller caller) {
        int most = caller.kind() == Caller.Kind.ADDRESS ? limits.addressRequestsTogether() : limits.requestsTogether();
        boolean[] entered = {false};
        counts.compute(caller, (key, count) -> {
            int now = count == null ? 0 : count;
            entered[0] = now < most;
            return entered[0] ? now + 1 : now;
        });
        return entered[0];
    }

    void leave(Caller caller) {
        counts.computeIfPresent(caller, (key, count) -> count == 1 ? null : count - 1);
    }
}

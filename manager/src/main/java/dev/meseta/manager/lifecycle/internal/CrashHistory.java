package dev.meseta.manager.lifecycle.internal;

import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/**
 * How often VMs were started again after a crash. Kept in memory: a manager that starts anew gives every VM its tries
 * back.
 */
@Component
class CrashHistory {

    private final InstantSource clock;
    private final LifecycleProperties properties;
    private final Map<UUID, Restarts> byVm = new HashMap<>();

    CrashHistory(InstantSource clock, LifecycleProperties properties) {
        this.clock = clock;
        this.properties = properties;
    }

    /** Whether one more restart is within the limit. */
    synchronized Answer mayRestart(UUID vmId) {
        Restarts restarts = byVm.computeIfAbsent(vmId, id -> new Restarts());
        Instant oldest = clock.instant().minus(properties.restartWindow());
        while (!restarts.at.isEmpty() && restarts.at.peekFirst().isBefore(oldest)) {
            restarts.at.removeFirst();
            restarts.told = false;
        }
        if (restarts.at.size() < properties.restartLimit()) {
            return Answer.YES;
        }
        boolean firstTime = !restarts.told;
        restarts.told = true;
        return firstTime ? Answer.TOO_OFTEN_FIRST_TIME : Answer.TOO_OFTEN;
    }

    synchronized void restarted(UUID vmId) {
        byVm.computeIfAbsent(vmId, id -> new Restarts()).at.addLast(clock.instant());
    }

    enum Answer {
        YES,
        /** Over the limit, and nobody was told yet. */
        TOO_OFTEN_FIRST_TIME,
        TOO_OFTEN
    }

    private static final class Restarts {
        private final Deque<Instant> at = new ArrayDeque<>();
        private boolean told;
    }
}

package dev.meseta.manager.lifecycle.internal;

import java.time.InstantSource;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** How often VMs may be started again after a crash. */
@Component
class CrashHistory {

    private final Restarts restarts;
    private final InstantSource clock;
    private final LifecycleProperties properties;

    CrashHistory(Restarts restarts, InstantSource clock, LifecycleProperties properties) {
        this.restarts = restarts;
        this.clock = clock;
        this.properties = properties;
    }

    /** Whether one more restart is within the limit. */
    Answer mayRestart(UUID vmId) {
        if (restarts.since(vmId, clock.instant().minus(properties.restartWindow())) < properties.restartLimit()) {
            return Answer.YES;
        }
        return restarts.tell(vmId) ? Answer.TOO_OFTEN_FIRST_TIME : Answer.TOO_OFTEN;
    }

    void restarted(UUID vmId) {
        restarts.add(vmId, clock.instant());
    }

    enum Answer {
        YES,
        /** Over the limit, and nobody was told yet. */
        TOO_OFTEN_FIRST_TIME,
        TOO_OFTEN
    }
}

package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.inventory.VmDetails;
import dev.meseta.manager.shared.EventCode;
import java.time.InstantSource;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** How often VMs may be started again after a crash. */
@Component
class CrashHistory implements VmDetails {

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

    /** VMs that went down too often and are left down until the first of their restarts is long enough ago. */
    @Override
    public Map<UUID, List<VmCondition>> conditions(Collection<UUID> vmIds) {
        Map<UUID, List<VmCondition>> found = new HashMap<>();
        restarts.leftDown(vmIds, clock.instant().minus(properties.restartWindow()))
                .forEach((vmId, times) -> found.put(
                        vmId,
                        List.of(new VmCondition(
                                EventCode.VM_CRASH_LOOP.name(),
                                "It was started again %d times within %d minutes and went down each time; it is left down for a while. Look at its console and its disk."
                                        .formatted(
                                                times,
                                                properties.restartWindow().toMinutes())))));
        return found;
    }

    enum Answer {
        YES,
        /** Over the limit, and nobody was told yet. */
        TOO_OFTEN_FIRST_TIME,
        TOO_OFTEN
    }
}

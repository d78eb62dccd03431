package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostStatistics;
import java.util.UUID;
import org.springframework.context.ApplicationContext;

/** Lets a manager see statistics of a host as if it watched it. */
public final class Samples {

    private Samples() {}

    public static void accept(ApplicationContext manager, UUID hostId, HostStatistics.Sample sample) {
        manager.getBean(LatestHostStatistics.class).accept(hostId, sample);
    }

    public static void forget(ApplicationContext manager, UUID hostId) {
        manager.getBean(LatestHostStatistics.class).forget(hostId);
    }
}

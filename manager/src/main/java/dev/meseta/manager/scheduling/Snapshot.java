package dev.meseta.manager.scheduling;

import java.util.List;

/** The hosts of a cluster at one moment, in no particular order. */
public record Snapshot(List<HostCapacity> hosts) {

    public Snapshot {
        hosts = List.copyOf(hosts);
    }
}

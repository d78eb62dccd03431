package dev.meseta.manager.lifecycle.internal;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** Restarts in memory. */
final class FakeRestarts implements Restarts {

    private final List<Restart> restarts = new ArrayList<>();
    private final Set<UUID> told = new HashSet<>();

    private record Restart(UUID vmId, Instant at) {}

    @Override
    public int since(UUID vmId, Instant oldest) {
        restarts.removeIf(restart -> restart.vmId().equals(vmId) && restart.at().isBefore(oldest));
        return (int)
                restarts.stream().filter(restart -> restart.vmId().equals(vmId)).count();
    }

    @Override
    public void add(UUID vmId, Instant at) {
        restarts.add(new Restart(vmId, at));
        told.remove(vmId);
    }

    @Override
    public Map<UUID, Integer> leftDown(Collection<UUID> vmIds, Instant oldest) {
        Map<UUID, Integer> found = new HashMap<>();
        vmIds.stream()
                .filter(told::contains)
                .forEach(vmId -> found.put(vmId, (int) restarts.stream()
                        .filter(restart ->
                                restart.vmId().equals(vmId) && !restart.at().isBefore(oldest))
                        .count()));
        found.values().removeIf(times -> times == 0);
        return found;
    }

    @Override
    public boolean tell(UUID vmId) {
        return told.add(vmId);
    }
}

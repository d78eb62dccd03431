package dev.meseta.manager.agents.internal;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Ownership in memory. */
final class FakeOwnership implements HostOwnership {

    final Map<UUID, Owner> owners = new ConcurrentHashMap<>();

    @Override
    public long take(UUID hostId, UUID managerId) {
        return owners.merge(
                        hostId, new Owner(managerId, 1), (before, first) -> new Owner(managerId, before.epoch() + 1))
                .epoch();
    }

    @Override
    public Optional<Owner> owner(UUID hostId) {
        return Optional.ofNullable(owners.get(hostId));
    }
}

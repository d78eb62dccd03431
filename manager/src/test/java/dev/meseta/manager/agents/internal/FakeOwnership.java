package dev.meseta.manager.agents.internal;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.membership.Life;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Ownership in memory. */
final class FakeOwnership implements HostOwnership {

    private final Hosts hosts;
    final Map<UUID, Life> owners = new ConcurrentHashMap<>();
    final Map<UUID, Long> epochs = new ConcurrentHashMap<>();
    final Set<UUID> live = ConcurrentHashMap.newKeySet();

    FakeOwnership(Hosts hosts) {
        this.hosts = hosts;
    }

    @Override
    public List<Owned> all() {
        return hosts.all().stream()
                .map(Host::id)
                .map(id -> new Owned(id, owners.get(id), live.contains(id)))
                .toList();
    }

    @Override
    public Set<UUID> claim(Life by, int atMost, Collection<Life> over) {
        Set<UUID> claimed = new HashSet<>();
        for (Owned owned : all()) {
            Life owner = owned.owner();
            if (claimed.size() < atMost && (owner == null || over.contains(owner))) {
                owners.put(owned.hostId(), by);
                live.remove(owned.hostId());
                claimed.add(owned.hostId());
            }
        }
        return claimed;
    }

    @Override
    public void release(Life by, Collection<UUID> hostIds) {
        hostIds.forEach(id -> owners.remove(id, by));
    }

    @Override
    public void connected(Life by, Collection<UUID> hostIds, boolean connected) {
        if (connected) {
            live.addAll(hostIds);
        } else {
            live.removeAll(hostIds);
        }
    }

    @Override
    public long epoch(UUID hostId) {
        return epochs.getOrDefault(hostId, 1L);
    }

    @Override
    public long raiseEpoch(UUID hostId, long was) {
        return epochs.merge(hostId, was + 1, Math::max);
    }
}

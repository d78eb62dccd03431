package dev.meseta.agent.network;

import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/** Networks of a simulated host. They outlive its agent, as the kernel's do, when the same object is given to its next life. */
public final class SimulatedNetworks implements Networks {

    private final Map<UUID, Bridge> bridges = new ConcurrentHashMap<>();

    @Override
    public void adopt() {
        // They are known: this object is the kernel, too.
    }

    @Override
    public boolean vxlanWorks() {
        return true;
    }

    @Override
    public Optional<Bridge> find(UUID networkId) {
        return Optional.ofNullable(bridges.get(networkId));
    }

    @Override
    public void ensure(Overlay overlay) {
        bridges.put(overlay.networkId(), new Bridge(overlay.bridge(), overlay.mtu()));
    }

    @Override
    public void remove(UUID networkId) {
        bridges.remove(networkId);
    }

    /** The host was switched off: a kernel that starts has none. */
    public void removeAll() {
        bridges.clear();
    }
}

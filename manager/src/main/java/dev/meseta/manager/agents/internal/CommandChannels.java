package dev.meseta.manager.agents.internal;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import io.grpc.ManagedChannel;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Channels for commands to hosts that another manager watches; opened when first needed. */
final class CommandChannels {

    private final Hosts hosts;
    private final HostChannels channels;
    private final Map<UUID, Link> links = new ConcurrentHashMap<>();

    CommandChannels(Hosts hosts, HostChannels channels) {
        this.hosts = hosts;
        this.channels = channels;
    }

    /** @throws MesetaException HOST_UNREACHABLE when there is no such host */
    ManagedChannel to(UUID hostId) {
        Link known = links.get(hostId);
        return known != null ? known.channel() : open(hostId);
    }

    private ManagedChannel open(UUID hostId) {
        // Asked outside of the map's lock: it is a query.
        String address = hosts.find(hostId)
                .map(Host::agentAddress)
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.HOST_UNREACHABLE, "There is no host %s any more.".formatted(hostId)));
        return links.compute(hostId, (id, other) -> current(id, other, address)).channel();
    }

    private Link current(UUID hostId, @Nullable Link known, String address) {
        return known != null && known.address().equals(address)
                ? known
                : new Link(address, channels.open(hostId, address));
    }

    /** It did not answer: perhaps it has another address by now. */
    void unreachable(UUID hostId) {
        Link known = links.get(hostId);
        if (known == null) {
            return;
        }
        String address = hosts.find(hostId).map(Host::agentAddress).orElse("");
        if (!address.equals(known.address()) && links.remove(hostId, known)) {
            known.channel().shutdownNow();
        } else {
            // Its own pause between attempts grows to minutes.
            known.channel().resetConnectBackoff();
        }
    }

    void closeAll() {
        links.values().forEach(link -> link.channel().shutdownNow());
        links.clear();
    }

    private record Link(String address, ManagedChannel channel) {}
}

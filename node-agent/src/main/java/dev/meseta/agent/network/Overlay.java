package dev.meseta.agent.network;

import dev.meseta.agent.errors.AgentException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * A logical network as this host shall have it.
 *
 * @param vni VXLAN network identifier (RFC 7348)
 * @param peerAddresses tunnel addresses of all other members
 */
public record Overlay(UUID networkId, int vni, int mtu, Set<String> peerAddresses) {

    private static final Pattern IPV4 = Pattern.compile(
            "((25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])\\.){3}(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])");
    private static final int HIGHEST_VNI = (1 << 24) - 1;

    public Overlay {
        peerAddresses = java.util.Collections.unmodifiableSet(new TreeSet<>(peerAddresses));
        if (vni < 1 || vni > HIGHEST_VNI) {
            throw AgentException.validation("vni must be 1 to 16777215, but is " + vni);
        }
        if (mtu < 576 || mtu > 65_535) {
            throw AgentException.validation("mtu must be 576 to 65535, but is " + mtu);
        }
        for (String peer : peerAddresses) {
            if (!IPV4.matcher(peer).matches()) {
                throw AgentException.validation("peer_addresses must be IPv4 addresses");
            }
        }
    }

    public static Overlay of(UUID networkId, int vni, int mtu, List<String> peerAddresses) {
        return new Overlay(networkId, vni, mtu, Set.copyOf(peerAddresses));
    }

    /** Names derived from the identifier: they fit the kernel's 15 characters and are the same on every host. */
    String bridge() {
        return OverlayNetworks.BRIDGE_PREFIX + vni;
    }

    String tunnel() {
        return OverlayNetworks.TUNNEL_PREFIX + vni;
    }
}

package dev.meseta.agent.network;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A Linux bridge and a VXLAN device per network. Which network a bridge belongs to is written into the bridge's alias, so
 * the kernel itself is the only record: a restarted agent finds what it made, and after a reboot there is nothing to be
 * wrong about.
 */
public final class OverlayNetworks implements Networks {

    static final String BRIDGE_PREFIX = "msb";
    static final String TUNNEL_PREFIX = "msx";

    private static final System.Logger LOG = System.getLogger(OverlayNetworks.class.getName());
    private static final String ALIAS_PREFIX = "meseta-network:";
    private static final String VXLAN_PORT = "4789";

    private final LinkTable table;
    private final String tunnelAddress;
    private final Map<UUID, Bridge> bridges = new ConcurrentHashMap<>();

    /** @param tunnelAddress address of this host that its peers send encapsulated frames to */
    public OverlayNetworks(Commands commands, String tunnelAddress) {
        this.table = new LinkTable(commands);
        this.tunnelAddress = tunnelAddress;
    }

    @Override
    public synchronized void adopt() {
        for (LinkTable.Link link : table.links("bridge")) {
            networkOf(link).ifPresent(networkId -> bridges.put(networkId, new Bridge(link.name(), link.mtu())));
        }
    }

    @Override
    public synchronized boolean vxlanWorks() {
        String probe = "msxprobe";
        boolean works = table.accepts("ip", "link", "add", "name", probe, "type", "vxlan", "external", "dstport", "0");
        if (works) {
            table.change("ip", "link", "del", "dev", probe);
        }
        return works;
    }

    @Override
    public Optional<Bridge> find(UUID networkId) {
        return Optional.ofNullable(bridges.get(networkId));
    }

    @Override
    public synchronized void ensure(Overlay overlay) {
        ensureBridge(overlay);
        ensureTunnel(overlay);
        reconcilePeers(overlay);
        bridges.put(overlay.networkId(), new Bridge(overlay.bridge(), overlay.mtu()));
    }

    @Override
    public synchronized void remove(UUID networkId) {
        adopt();
        Bridge bridge = bridges.get(networkId);
        if (bridge == null) {
            return;
        }
        String tunnel = TUNNEL_PREFIX + bridge.name().substring(BRIDGE_PREFIX.length());
        if (table.link("vxlan", tunnel).isPresent()) {
            table.change("ip", "link", "del", "dev", tunnel);
        }
        if (table.link("bridge", bridge.name()).isPresent()) {
            table.change("ip", "link", "del", "dev", bridge.name());
        }
        bridges.remove(networkId);
    }

    private void ensureBridge(Overlay overlay) {
        String name = overlay.bridge();
        Optional<LinkTable.Link> present = table.link("bridge", name);
        if (present.isEmpty()) {
            // No spanning tree: the tunnel mesh has no loops, and a port that first listens would delay every start.
            // No snooping: nobody queries here, and snooping without a querier drops multicast.
            table.change(
                    "ip",
                    "link",
                    "add",
                    "name",
                    name,
                    "type",
                    "bridge",
                    "stp_state",
                    "0",
                    "forward_delay",
                    "0",
                    "mcast_snooping",
                    "0");
            quietIpv6(name);
        } else {
            Optional<UUID> owner = networkOf(present.get());
            if (owner.isPresent() && !owner.get().equals(overlay.networkId())) {
                throw new AgentException(
                        AgentErrorCode.NETWORK_ERROR,
                        "VNI " + overlay.vni() + " is used by network " + owner.get() + " on this host");
            }
        }
        String alias = ALIAS_PREFIX + overlay.networkId();
        if (present.isEmpty() || !present.get().alias().equals(alias)) {
            table.change("ip", "link", "set", "dev", name, "alias", alias);
        }
        if (present.isEmpty() || present.get().mtu() != overlay.mtu()) {
            table.change("ip", "link", "set", "dev", name, "mtu", Integer.toString(overlay.mtu()));
        }
        if (present.isEmpty() || !present.get().up()) {
            table.change("ip", "link", "set", "dev", name, "up");
        }
    }

    private void ensureTunnel(Overlay overlay) {
        String name = overlay.tunnel();
        Optional<LinkTable.Link> present = table.link("vxlan", name);
        if (present.isPresent()
                && (present.get().vni() != overlay.vni()
                        || !present.get().local().equals(tunnelAddress))) {
            table.change("ip", "link", "del", "dev", name);
            present = Optional.empty();
        }
        if (present.isEmpty()) {
            table.change(
                    "ip",
                    "link",
                    "add",
                    "name",
                    name,
                    "type",
                    "vxlan",
                    "id",
                    Integer.toString(overlay.vni()),
                    "local",
                    tunnelAddress,
                    "dstport",
                    VXLAN_PORT,
                    "learning");
            quietIpv6(name);
        }
        if (present.isEmpty()
                || present.get().mtu() != overlay.mtu()
                || !present.get().master().equals(overlay.bridge())
                || !present.get().up()) {
            table.change(
                    "ip",
                    "link",
                    "set",
                    "dev",
                    name,
                    "mtu",
                    Integer.toString(overlay.mtu()),
                    "master",
                    overlay.bridge(),
                    "up");
        }
    }

    private void reconcilePeers(Overlay overlay) {
        Set<String> present = table.floodTargets(overlay.tunnel());
        for (String peer : overlay.peerAddresses()) {
            if (!present.contains(peer) && !isThisHost(peer)) {
                table.addFloodTarget(overlay.tunnel(), peer);
            }
        }
        for (String peer : present) {
            if (!overlay.peerAddresses().contains(peer)) {
                table.removeFloodTarget(overlay.tunnel(), peer);
            }
        }
    }

    /** Sending to oneself would loop every broadcast back; simulated hosts have addresses of the loopback interface. */
    private boolean isThisHost(String peer) {
        return peer.equals(tunnelAddress) || peer.startsWith("127.");
    }

    /** The host itself shall have no address in a guest network. */
    private static void quietIpv6(String device) {
        Path setting = Path.of("/proc/sys/net/ipv6/conf", device, "disable_ipv6");
        if (Files.exists(setting)) {
            try {
                Files.writeString(setting, "1");
            } catch (IOException e) {
                LOG.log(System.Logger.Level.WARNING, "Cannot switch IPv6 off on " + device, e);
            }
        }
    }

    private static Optional<UUID> networkOf(LinkTable.Link link) {
        if (!link.name().startsWith(BRIDGE_PREFIX) || !link.alias().startsWith(ALIAS_PREFIX)) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(link.alias().substring(ALIAS_PREFIX.length())));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }
}

package dev.meseta.manager.network.internal;

import dev.meseta.manager.agents.HostAgents.OverlaySpecification;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.network.Networks.Network;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Everything that hosts have to know of networks, at one moment. Two that are equal lead to the same commands.
 *
 * @param addresses of all hosts
 */
record PeersOfHosts(List<Network> networks, Set<String> addresses) {

    static PeersOfHosts of(List<Network> networks, Collection<Host> hosts) {
        return new PeersOfHosts(
                networks, hosts.stream().map(Host::migrationAddress).collect(Collectors.toUnmodifiableSet()));
    }

    /** A network as one host shall have it. */
    OverlaySpecification overlay(Network network, Host host) {
        Set<String> peers = new TreeSet<>(addresses);
        peers.remove(host.migrationAddress());
        peers.addAll(network.externalEndpoints());
        return new OverlaySpecification(
                network.id(), network.name(), network.vni(), network.mtu(), new ArrayList<>(peers));
    }
}

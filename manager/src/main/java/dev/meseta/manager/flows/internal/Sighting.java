package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowAddress;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowRecord.Initiator;
import dev.meseta.manager.flows.Flows.Direction;
import dev.meseta.manager.flows.internal.Conversation.End;
import org.jspecify.annotations.Nullable;

/**
 * Which conversation a record is about, and from which end it was seen. The rules look only at what both ends see alike, so
 * that both come to the same conversation.
 */
record Sighting(Conversation conversation, boolean byClient) {

    private static final int ICMP = 1;
    private static final int ICMP_V6 = 58;
    /** Ports that clients are given begin here, at Linux guests (ip_local_port_range) and, higher still, at all by RFC 6335. */
    private static final int EPHEMERAL = 32_768;

    /** @param local the vNIC that reported */
    static Sighting of(FlowRecord flow, KnownNic local, KnownNics nics) {
        boolean toGroup = isGroup(nics, flow, flow.remoteAddress(), flow.remoteMac());
        boolean fromGroup = !toGroup && isGroup(nics, flow, flow.localAddress(), flow.localMac());
        End here =
                fromGroup ? End.other(flow.localAddress(), flow.localMac()) : End.vm(local.vmId(), flow.localAddress());
        End there = toGroup
                ? End.other(flow.remoteAddress(), flow.remoteMac())
                : nics.remote(flow)
                        .map(nic -> End.vm(nic.vmId(), flow.remoteAddress()))
                        .orElseGet(() -> End.other(flow.remoteAddress(), flow.remoteMac()));
        boolean group = toGroup || fromGroup;
        boolean byClient = group ? toGroup : isClient(flow);
        Direction direction =
                group ? Direction.BROADCAST : there.vmId() == null ? Direction.NORTH_SOUTH : Direction.EAST_WEST;
        return new Sighting(
                new Conversation(
                        local.networkId(),
                        flow.etherType(),
                        flow.vlanId(),
                        flow.protocol(),
                        byClient ? here : there,
                        byClient ? there : here,
                        isIcmp(flow) || !byClient ? flow.localPort() : flow.remotePort(),
                        direction),
                byClient);
    }

    private static boolean isGroup(KnownNics nics, FlowRecord flow, @Nullable FlowAddress address, long mac) {
        return KnownNics.isGroup(mac) || nics.isGroup(flow.networkId(), address);
    }

    private static boolean isIcmp(FlowRecord flow) {
        return flow.protocol() == ICMP || flow.protocol() == ICMP_V6;
    }

    /** Whether the local end began it. */
    private static boolean isClient(FlowRecord flow) {
        if (isIcmp(flow) || (flow.localPort() == 0 && flow.remotePort() == 0)) {
            return flow.initiator() == Initiator.UNKNOWN ? isFirst(flow) : flow.initiator() == Initiator.LOCAL;
        }
        boolean said = flow.initiator() == Initiator.LOCAL;
        int client = said ? flow.localPort() : flow.remotePort();
        int server = said ? flow.remotePort() : flow.localPort();
        // Whoever comes upon a connection in its middle may take an answer for its beginning.
        boolean doubtful = client < EPHEMERAL && server >= EPHEMERAL;
        if (flow.initiator() != Initiator.UNKNOWN && !doubtful) {
            return said;
        }
        return flow.localPort() == flow.remotePort() ? isFirst(flow) : flow.localPort() > flow.remotePort();
    }

    /** Any order that both ends see the same way. */
    private static boolean isFirst(FlowRecord flow) {
        FlowAddress local = flow.localAddress();
        FlowAddress remote = flow.remoteAddress();
        if (local == null || remote == null || local.equals(remote)) {
            return flow.localMac() <= flow.remoteMac();
        }
        int high = Long.compareUnsigned(local.high(), remote.high());
        return high < 0 || (high == 0 && Long.compareUnsigned(local.low(), remote.low()) < 0);
    }
}

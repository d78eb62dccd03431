package dev.meseta.manager.agents.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.meseta.manager.agents.FlowAddress;
import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowRecord.Initiator;
import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.agents.internal.WatchReader.ProtocolException;
import dev.meseta.proto.v1.FlowLosses;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Flows from the contract's messages; what makes no sense is counted, and the rest is good nevertheless. */
final class FlowMessages {

    /** About what a link of 100 Gb/s carries in six hours: sums of it stay far from the end of 64 bits. */
    private static final long MOST = 1L << 48;

    private static final int MAX_TOKEN_CHARACTERS = 1000;
    private static final int MAX_ETHER_TYPE = 0xFFFF;
    private static final int MAX_VLAN = 4095;
    private static final int MAX_PROTOCOL = 255;
    private static final int MAX_PORT = 65_535;
    private static final int MAC_BYTES = 6;
    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    private static final int OCTET = 0xFF;
    private static final int OCTET_BITS = 8;
    private static final int NANOS = 1_000_000_000;
    private static final long EARLIEST = Instant.parse("2000-01-01T00:00:00Z").getEpochSecond();
    private static final long LATEST = Instant.parse("3000-01-01T00:00:00Z").getEpochSecond();

    private FlowMessages() {}

    /**
     * @param now in place of a time the agent does not say
     * @throws ProtocolException when the batch cannot be resumed from
     */
    static FlowBatch batch(dev.meseta.proto.v1.FlowBatch message, Instant now) {
        String token = message.getResumeToken();
        if (token.length() > MAX_TOKEN_CHARACTERS || token.indexOf('\0') >= 0) {
            throw new ProtocolException("a resume token of %d characters".formatted(token.length()));
        }
        List<FlowRecord> flows = new ArrayList<>(message.getFlowsCount());
        long refused = 0;
        for (dev.meseta.proto.v1.FlowRecord flow : message.getFlowsList()) {
            FlowRecord record = record(flow);
            if (record == null) {
                refused++;
            } else {
                flows.add(record);
            }
        }
        Instant takenAt = isTime(message.getTakenAt()) ? AgentMessages.instant(message.getTakenAt()) : now;
        return new FlowBatch(token, takenAt, source(message), flows, losses(message.getLosses()), refused);
    }

    private static FlowSource source(dev.meseta.proto.v1.FlowBatch message) {
        return switch (message.getSource()) {
            case FLOW_SOURCE_DATAPATH -> FlowSource.DATAPATH;
            case FLOW_SOURCE_NONE -> FlowSource.NONE;
            case FLOW_SOURCE_UNSPECIFIED, UNRECOGNIZED -> FlowSource.UNKNOWN;
        };
    }

    private static FlowBatch.Losses losses(FlowLosses message) {
        return new FlowBatch.Losses(
                count(message.getPacketsWithoutRoom()),
                count(message.getPacketsUnreadable()),
                count(message.getRecordsDropped()));
    }

    private static long count(long said) {
        return Math.clamp(said, 0, MOST);
    }

    /** Null when it makes no sense. */
    private static @Nullable FlowRecord record(dev.meseta.proto.v1.FlowRecord flow) {
        UUID vmId = AgentMessages.uuid(flow.getVmId());
        UUID nicId = AgentMessages.uuid(flow.getNicId());
        UUID networkId = AgentMessages.uuid(flow.getNetworkId());
        if (vmId == null || nicId == null || networkId == null || !isSane(flow)) {
            return null;
        }
        return new FlowRecord(
                vmId,
                nicId,
                networkId,
                flow.getEtherType(),
                flow.getVlanId(),
                flow.getProtocol(),
                address(flow.getLocalAddress()),
                address(flow.getRemoteAddress()),
                mac(flow.getLocalMac()),
                mac(flow.getRemoteMac()),
                flow.getLocalPort(),
                flow.getRemotePort(),
                switch (flow.getInitiator()) {
                    case FLOW_INITIATOR_LOCAL -> Initiator.LOCAL;
                    case FLOW_INITIATOR_REMOTE -> Initiator.REMOTE;
                    case FLOW_INITIATOR_UNSPECIFIED, UNRECOGNIZED -> Initiator.UNKNOWN;
                },
                flow.getBytesOut(),
                flow.getPacketsOut(),
                flow.getBytesIn(),
                flow.getPacketsIn(),
                flow.getTcpFlagsOut(),
                flow.getTcpFlagsIn(),
                (long) flow.getRetransmissionsOut() + flow.getRetransmissionsIn(),
                flow.getHandshakeRoundTripUs(),
                AgentMessages.instant(flow.getFirstSeen()),
                AgentMessages.instant(flow.getLastSeen()));
    }

    private static boolean isSane(dev.meseta.proto.v1.FlowRecord flow) {
        return areNamesSane(flow)
                && isCount(flow.getBytesOut())
                && isCount(flow.getPacketsOut())
                && isCount(flow.getBytesIn())
                && isCount(flow.getPacketsIn())
                && flow.getRetransmissionsOut() >= 0
                && flow.getRetransmissionsIn() >= 0
                && flow.getHandshakeRoundTripUs() >= 0
                && isTime(flow.getFirstSeen())
                && isTime(flow.getLastSeen())
                && !AgentMessages.instant(flow.getLastSeen()).isBefore(AgentMessages.instant(flow.getFirstSeen()));
    }

    private static boolean areNamesSane(dev.meseta.proto.v1.FlowRecord flow) {
        return isIn(flow.getEtherType(), MAX_ETHER_TYPE)
                && isIn(flow.getVlanId(), MAX_VLAN)
                && isIn(flow.getProtocol(), MAX_PROTOCOL)
                && isIn(flow.getLocalPort(), MAX_PORT)
                && isIn(flow.getRemotePort(), MAX_PORT)
                && isAddress(flow.getLocalAddress())
                && flow.getLocalAddress().size() == flow.getRemoteAddress().size()
                && isMac(flow.getLocalMac())
                && isMac(flow.getRemoteMac());
    }

    private static boolean isIn(int value, int most) {
        return value >= 0 && value <= most;
    }

    private static boolean isCount(long value) {
        return value >= 0 && value <= MOST;
    }

    private static boolean isTime(Timestamp time) {
        return time.getSeconds() >= EARLIEST
                && time.getSeconds() < LATEST
                && time.getNanos() >= 0
                && time.getNanos() < NANOS;
    }

    private static boolean isAddress(ByteString bytes) {
        return bytes.isEmpty() || bytes.size() == V4_BYTES || bytes.size() == V6_BYTES;
    }

    private static boolean isMac(ByteString bytes) {
        return bytes.isEmpty() || bytes.size() == MAC_BYTES;
    }

    private static @Nullable FlowAddress address(ByteString bytes) {
        return bytes.isEmpty() ? null : FlowAddress.of(bytes.toByteArray());
    }

    private static long mac(ByteString bytes) {
        if (bytes.isEmpty()) {
            return FlowRecord.NO_MAC;
        }
        long mac = 0;
        for (int i = 0; i < MAC_BYTES; i++) {
            mac = (mac << OCTET_BITS) | (bytes.byteAt(i) & OCTET);
        }
        return mac;
    }
}

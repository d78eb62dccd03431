package dev.meseta.agent.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.Timestamp;
import dev.meseta.agent.flows.FlowBatch;
import dev.meseta.agent.flows.FlowCounters;
import dev.meseta.agent.flows.FlowLosses;
import dev.meseta.agent.flows.FlowRecord;
import dev.meseta.proto.v1.FlowInitiator;
import dev.meseta.proto.v1.FlowSource;

/** Flows into messages. */
final class FlowEncoder {

    private static final int MAC_BYTES = 6;
    private static final long NANOS = 1_000_000_000;

    private FlowEncoder() {}

    static dev.meseta.proto.v1.FlowBatch batch(FlowBatch batch) {
        var message = dev.meseta.proto.v1.FlowBatch.newBuilder()
                .setResumeToken(batch.resumeToken())
                .setTakenAt(Encoder.timestamp(batch.takenAt()))
                .setSource(
                        switch (batch.source()) {
                            case DATAPATH -> FlowSource.FLOW_SOURCE_DATAPATH;
                            case NONE -> FlowSource.FLOW_SOURCE_NONE;
                        })
                .setLosses(losses(batch.losses()));
        batch.flows().forEach(flow -> message.addFlows(record(flow)));
        return message.build();
    }

    private static dev.meseta.proto.v1.FlowLosses losses(FlowLosses losses) {
        return dev.meseta.proto.v1.FlowLosses.newBuilder()
                .setPacketsWithoutRoom(losses.packetsWithoutRoom())
                .setPacketsUnreadable(losses.packetsUnreadable())
                .setRecordsDropped(losses.recordsDropped())
                .build();
    }

    private static dev.meseta.proto.v1.FlowRecord record(FlowRecord flow) {
        FlowCounters counters = flow.counters();
        return dev.meseta.proto.v1.FlowRecord.newBuilder()
                .setFlowId(flow.flowId())
                .setVmId(flow.vnic().vmId().toString())
                .setNicId(flow.vnic().nicId().toString())
                .setNetworkId(flow.vnic().networkId().toString())
                .setEtherType(flow.key().etherType())
                .setVlanId(flow.key().vlanId())
                .setProtocol(flow.key().protocol())
                .setLocalAddress(ByteString.copyFrom(flow.key().localAddress()))
                .setRemoteAddress(ByteString.copyFrom(flow.key().remoteAddress()))
                .setLocalMac(mac(flow.localMac()))
                .setRemoteMac(mac(flow.remoteMac()))
                .setLocalPort(flow.localPort())
                .setRemotePort(flow.remotePort())
                .setInitiator(
                        switch (flow.initiator()) {
                            case LOCAL -> FlowInitiator.FLOW_INITIATOR_LOCAL;
                            case REMOTE -> FlowInitiator.FLOW_INITIATOR_REMOTE;
                        })
                .setBytesOut(counters.bytesOut())
                .setPacketsOut(counters.packetsOut())
                .setBytesIn(counters.bytesIn())
                .setPacketsIn(counters.packetsIn())
                .setTcpFlagsOut(flow.tcpFlagsOut())
                .setTcpFlagsIn(flow.tcpFlagsIn())
                .setRetransmissionsOut(counters.retransmissionsOut())
                .setRetransmissionsIn(counters.retransmissionsIn())
                .setHandshakeRoundTripUs(counters.handshakeUs())
                .setFragments(counters.fragments())
                .setFirstSeen(timestamp(flow.firstSeenNanos()))
                .setLastSeen(timestamp(flow.lastSeenNanos()))
                .setEnded(flow.ended())
                .build();
    }

    private static ByteString mac(long mac) {
        byte[] bytes = new byte[MAC_BYTES];
        for (int index = 0; index < MAC_BYTES; index++) {
            bytes[index] = (byte) (mac >> (Byte.SIZE * (MAC_BYTES - 1 - index)));
        }
        return ByteString.copyFrom(bytes);
    }

    private static Timestamp timestamp(long nanos) {
        return Timestamp.newBuilder()
                .setSeconds(Math.floorDiv(nanos, NANOS))
                .setNanos((int) Math.floorMod(nanos, NANOS))
                .build();
    }
}

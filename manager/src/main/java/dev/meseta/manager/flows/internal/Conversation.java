package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowAddress;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.flows.Flows.Direction;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Who talks to whom over what; both ends' vNICs come to the same one. */
record Conversation(
        UUID networkId,
        int etherType,
        int vlanId,
        int protocol,
        End client,
        End server,
        int serverPort,
        Direction direction) {

    private static final int ICMP = 1;
    private static final int IGMP = 2;
    private static final int TCP = 6;
    private static final int UDP = 17;
    private static final int GRE = 47;
    private static final int ESP = 50;
    private static final int ICMP_V6 = 58;
    private static final int VRRP = 112;
    private static final int SCTP = 132;
    private static final int IPV4 = 0x0800;
    private static final int IPV6 = 0x86DD;
    private static final int ARP = 0x0806;
    private static final int LLDP = 0x88CC;
    private static final int ID_BYTES = 128;
    private static final long VERSION_8 = 0x8000L;
    private static final long VARIANT = 0x8000_0000_0000_0000L;

    private static final ThreadLocal<MessageDigest> DIGEST = ThreadLocal.withInitial(() -> {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is missing in this JDK", e);
        }
    });

    /**
     * One end.
     *
     * @param vmId null: it is no VM
     * @param mac only of an end that is neither VM nor has an address
     */
    record End(@Nullable UUID vmId, @Nullable FlowAddress address, long mac) {

        static End vm(UUID vmId, @Nullable FlowAddress address) {
            return new End(vmId, address, FlowRecord.NO_MAC);
        }

        static End other(@Nullable FlowAddress address, long mac) {
            return new End(null, address, address == null ? mac : FlowRecord.NO_MAC);
        }

        private void into(ByteBuffer buffer) {
            put(buffer, vmId);
            addressInto(buffer);
        }

        private void identityInto(ByteBuffer buffer) {
            put(buffer, vmId);
            if (vmId == null) {
                addressInto(buffer);
            }
        }

        private void addressInto(ByteBuffer buffer) {
            buffer.put((byte) (address == null ? 0 : address.v6() ? 2 : 1));
            buffer.putLong(address == null ? 0 : address.high());
            buffer.putLong(address == null ? 0 : address.low());
            buffer.putLong(mac);
        }
    }

    /** The same at every manager: a name-based UUID of version 8 (RFC 9562) out of all that tells conversations apart. */
    UUID id() {
        byte[] bytes = new byte[ID_BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        put(buffer, networkId);
        buffer.putInt(etherType).putInt(vlanId).putInt(protocol).putInt(serverPort);
        // Its own number, and not its place among the others: ids stay.
        buffer.put(number(direction));
        client.into(buffer);
        server.into(buffer);
        return hashed(bytes);
    }

    /** The same for all conversations between these two in this order, whatever they are about; of VMs whatever their addresses. */
    UUID pair() {
        byte[] bytes = new byte[ID_BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        put(buffer, networkId);
        client.identityInto(buffer);
        buffer.put((byte) 0xFF);
        server.identityInto(buffer);
        return hashed(bytes);
    }

    private static byte number(Direction direction) {
        return switch (direction) {
            case EAST_WEST -> 0;
            case NORTH_SOUTH -> 1;
            case BROADCAST -> 2;
        };
    }

    private static UUID hashed(byte[] bytes) {
        ByteBuffer hash = ByteBuffer.wrap(DIGEST.get().digest(bytes));
        return new UUID(
                (hash.getLong() & 0xFFFF_FFFF_FFFF_0FFFL) | VERSION_8,
                (hash.getLong() & 0x3FFF_FFFF_FFFF_FFFFL) | VARIANT);
    }

    private static void put(ByteBuffer buffer, @Nullable UUID id) {
        buffer.putLong(id == null ? 0 : id.getMostSignificantBits());
        buffer.putLong(id == null ? 0 : id.getLeastSignificantBits());
    }

    /** As people call it. */
    String protocolName() {
        if (etherType != IPV4 && etherType != IPV6) {
            return switch (etherType) {
                case ARP -> "ARP";
                case LLDP -> "LLDP";
                default -> "ETHER-%04X".formatted(etherType);
            };
        }
        return switch (protocol) {
            case ICMP -> "ICMP";
            case IGMP -> "IGMP";
            case TCP -> "TCP";
            case UDP -> "UDP";
            case GRE -> "GRE";
            case ESP -> "ESP";
            case ICMP_V6 -> "ICMPV6";
            case VRRP -> "VRRP";
            case SCTP -> "SCTP";
            default -> "IP-" + protocol;
        };
    }
}

package dev.meseta.manager.agents;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * An IPv4 or IPv6 address.
 *
 * @param high the first eight bytes of an IPv6 address; 0 of an IPv4 address
 * @param low the last eight bytes, or the four of an IPv4 address
 */
public record FlowAddress(boolean v6, long high, long low) {

    private static final int V4_BYTES = 4;
    private static final int V6_BYTES = 16;
    private static final int OCTET = 0xFF;

    public static FlowAddress v4(int address) {
        return new FlowAddress(false, 0, Integer.toUnsignedLong(address));
    }

    /** @throws IllegalArgumentException for other than 4 or 16 bytes */
    public static FlowAddress of(byte[] bytes) {
        return switch (bytes.length) {
            case V4_BYTES -> v4(ByteBuffer.wrap(bytes).getInt());
            case V6_BYTES -> {
                ByteBuffer buffer = ByteBuffer.wrap(bytes);
                yield new FlowAddress(true, buffer.getLong(), buffer.getLong());
            }
            default -> throw new IllegalArgumentException("an address of %d bytes".formatted(bytes.length));
        };
    }

    /** @throws IllegalArgumentException for what is no address */
    public static FlowAddress parse(String text) {
        return of(InetAddress.ofLiteral(text).getAddress());
    }

    /** For everybody on the wire, or for a group (RFC 919, RFC 5771, RFC 4291). */
    public boolean isGroup() {
        return v6 ? (high >>> 56) == OCTET : (low >>> 28) == 0xE || low == 0xFFFF_FFFFL;
    }

    /** Good on one wire only (RFC 3927, RFC 4291). */
    public boolean isLinkLocal() {
        return v6 ? (high >>> 54) == 0x3FA : (low >>> 16) == 0xA9FE;
    }

    /** As people and PostgreSQL write it. */
    @Override
    public String toString() {
        if (!v6) {
            return "%d.%d.%d.%d".formatted((low >> 24) & OCTET, (low >> 16) & OCTET, (low >> 8) & OCTET, low & OCTET);
        }
        try {
            byte[] bytes =
                    ByteBuffer.allocate(V6_BYTES).putLong(high).putLong(low).array();
            return InetAddress.getByAddress(bytes).getHostAddress();
        } catch (UnknownHostException e) {
            throw new IllegalStateException("sixteen bytes are an address", e);
        }
    }
}

package dev.meseta.agent.flows.datapath;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;

/** Frames, byte for byte. Checksums are left out: nobody on the way looks at them. */
final class Frames {

    static final int FIN = 0x01;
    static final int SYN = 0x02;
    static final int RST = 0x04;
    static final int PSH = 0x08;
    static final int ACK = 0x10;

    static final int TCP = 6;
    static final int UDP = 17;
    static final int ICMP = 1;
    static final int ICMPV6 = 58;

    static final int IPV4 = 0x0800;
    static final int ARP = 0x0806;
    static final int VLAN = 0x8100;
    static final int IPV6 = 0x86dd;

    private static final int ETHERNET_HEADER = 14;
    private static final int IPV4_HEADER = 20;
    private static final int IPV6_HEADER = 40;
    private static final int WITHIN_HOPS = 64;

    private Frames() {}

    static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int index = 0; index < values.length; index++) {
            bytes[index] = (byte) values[index];
        }
        return bytes;
    }

    static byte[] join(byte[]... parts) {
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            whole.writeBytes(part);
        }
        return whole.toByteArray();
    }

    /** A MAC address of a guest, by number. */
    static byte[] mac(int number) {
        return bytes(0x52, 0x54, 0, 0, number >> 8, number);
    }

    static byte[] ethernet(byte[] destination, byte[] source, int type, byte[] payload) {
        return ByteBuffer.allocate(ETHERNET_HEADER + payload.length)
                .put(destination)
                .put(source)
                .putShort((short) type)
                .put(payload)
                .array();
    }

    /** What stands behind a tag's type: the tag, the next type and its payload. */
    static byte[] tag(int vlanId, int type, byte[] payload) {
        return ByteBuffer.allocate(4 + payload.length)
                .putShort((short) (vlanId | (3 << 13)))
                .putShort((short) type)
                .put(payload)
                .array();
    }

    static byte[] ipv4(byte[] source, byte[] destination, int protocol, byte[] payload) {
        return ipv4(source, destination, protocol, new byte[0], 0, payload);
    }

    /**
     * @param options a multiple of four bytes
     * @param fragment flags and offset in units of eight bytes, as in the header
     */
    static byte[] ipv4(byte[] source, byte[] destination, int protocol, byte[] options, int fragment, byte[] payload) {
        int header = IPV4_HEADER + options.length;
        return ByteBuffer.allocate(header + payload.length)
                .put((byte) (0x40 | (header / 4)))
                .put((byte) 0)
                .putShort((short) (header + payload.length))
                .putShort((short) 0x1234)
                .putShort((short) fragment)
                .put((byte) WITHIN_HOPS)
                .put((byte) protocol)
                .putShort((short) 0)
                .put(source)
                .put(destination)
                .put(options)
                .put(payload)
                .array();
    }

    static byte[] ipv6(byte[] source, byte[] destination, int next, byte[] payload) {
        return ByteBuffer.allocate(IPV6_HEADER + payload.length)
                .putInt(6 << 28)
                .putShort((short) payload.length)
                .put((byte) next)
                .put((byte) WITHIN_HOPS)
                .put(source)
                .put(destination)
                .put(payload)
                .array();
    }

    /** An extension header of eight bytes, before what follows. */
    static byte[] extension(int next, byte[] payload) {
        return join(bytes(next, 0, 1, 4, 0, 0, 0, 0), payload);
    }

    /** @param fragment offset in units of eight bytes, and whether more come */
    static byte[] fragmentOfIpv6(int next, int fragment, boolean more, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .put((byte) next)
                .put((byte) 0)
                .putShort((short) ((fragment << 3) | (more ? 1 : 0)))
                .putInt(7)
                .put(payload)
                .array();
    }

    static byte[] tcp(int source, int destination, long sequence, int flags, byte[] payload) {
        return ByteBuffer.allocate(20 + payload.length)
                .putShort((short) source)
                .putShort((short) destination)
                .putInt((int) sequence)
                .putInt(0)
                .put((byte) (5 << 4))
                .put((byte) flags)
                .putShort((short) 1024)
                .putInt(0)
                .put(payload)
                .array();
    }

    static byte[] udp(int source, int destination, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .putShort((short) source)
                .putShort((short) destination)
                .putShort((short) (8 + payload.length))
                .putShort((short) 0)
                .put(payload)
                .array();
    }

    static byte[] icmp(int type, int code, int id, byte[] payload) {
        return ByteBuffer.allocate(8 + payload.length)
                .put((byte) type)
                .put((byte) code)
                .putShort((short) 0)
                .putShort((short) id)
                .putShort((short) 1)
                .put(payload)
                .array();
    }

    static byte[] arp(int operation, byte[] senderMac, byte[] sender, byte[] targetMac, byte[] target) {
        return ByteBuffer.allocate(28)
                .putShort((short) 1)
                .putShort((short) IPV4)
                .put((byte) 6)
                .put((byte) 4)
                .putShort((short) operation)
                .put(senderMac)
                .put(sender)
                .put(targetMac)
                .put(target)
                .array();
    }
}

package dev.meseta.agent.hypervisor;

import java.util.UUID;

/**
 * A virtual network interface of a domain that is here.
 *
 * @param tap the network device of this host that the guest's frames come out of and go into
 */
public record Vnic(UUID vmId, UUID nicId, UUID networkId, String tap) {

    /** What every tap of Meseta begins with; libvirt would take a name that begins with {@code vnet} for its own. */
    public static final String TAP_PREFIX = "mst";

    /** The kernel's limit for names of network devices (IFNAMSIZ, less the end mark). */
    private static final int LONGEST_NAME = 15;

    private static final int RANDOM_BITS_SHOWN = 48;

    /**
     * The tap of a virtual network interface: the same on every host. Ids begin with a time (UUID version 7), so the name
     * is made of their random end; two interfaces of one host share it once in 2^48.
     */
    public static String tapOf(UUID nicId) {
        return TAP_PREFIX + "%012x".formatted(nicId.getLeastSignificantBits() & ((1L << RANDOM_BITS_SHOWN) - 1));
    }

    /** Whether a network device can be a tap of Meseta, by its name. */
    public static boolean isTap(String device) {
        return device.length() == LONGEST_NAME
                && device.startsWith(TAP_PREFIX)
                && device.chars().skip(TAP_PREFIX.length()).allMatch(Vnic::isHexadecimal);
    }

    private static boolean isHexadecimal(int character) {
        return (character >= '0' && character <= '9') || (character >= 'a' && character <= 'f');
    }
}

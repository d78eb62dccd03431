package dev.meseta.manager.network.internal;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An IPv4 subnet (RFC 4632).
 *
 * @param network its first address as a number
 * @param prefixLength 8 to 30
 */
record Subnet(long network, int prefixLength) {

    private static final Pattern CIDR = Pattern.compile("(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})\\.(\\d{1,3})/(\\d{1,2})");
    private static final int SHORTEST = 8;
    private static final int LONGEST = 30;
    private static final int OCTETS = 4;
    private static final int OCTET_BITS = 8;
    private static final int ADDRESS_BITS = 32;
    private static final int OCTET_MASK = 0xFF;

    /** @throws IllegalArgumentException when it is not of the form 10.0.0.0/16 */
    static Subnet parse(String cidr) {
        Matcher matcher = CIDR.matcher(cidr);
        if (!matcher.matches()) {
            throw bad(cidr);
        }
        long address = 0;
        for (int octet = 1; octet <= OCTETS; octet++) {
            int value = Integer.parseInt(matcher.group(octet));
            if (value > OCTET_MASK) {
                throw bad(cidr);
            }
            address = (address << OCTET_BITS) | value;
        }
        int prefixLength = Integer.parseInt(matcher.group(OCTETS + 1));
        if (prefixLength < SHORTEST || prefixLength > LONGEST) {
            throw bad(cidr);
        }
        long size = 1L << (ADDRESS_BITS - prefixLength);
        return new Subnet(address / size * size, prefixLength);
    }

    /** The address before the first one a guest can have: the subnet's first is a gateway's by habit. */
    String beforeFirst() {
        return dotted(network + 1);
    }

    /** The last address a guest can have: the one before the broadcast address. */
    String last() {
        return dotted(network + (1L << (ADDRESS_BITS - prefixLength)) - 2);
    }

    String cidr() {
        return withPrefix(dotted(network));
    }

    String withPrefix(String address) {
        return address + "/" + prefixLength;
    }

    private static String dotted(long address) {
        return "%d.%d.%d.%d"
                .formatted(
                        (address >> (3 * OCTET_BITS)) & OCTET_MASK,
                        (address >> (2 * OCTET_BITS)) & OCTET_MASK,
                        (address >> OCTET_BITS) & OCTET_MASK,
                        address & OCTET_MASK);
    }

    private static IllegalArgumentException bad(String cidr) {
        return new IllegalArgumentException(
                "'%s' is no subnet; it should look like 10.0.0.0/16, with a prefix of %d to %d"
                        .formatted(cidr, SHORTEST, LONGEST));
    }
}

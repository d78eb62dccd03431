package dev.meseta.manager.web.limits;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Locale;

/**
 * Who has a bucket of their own. A person's browser and their scripts have one each, so that a script that runs wild does
 * not lock its owner out of the page that would stop it.
 *
 * @param name of the user, or the address
 */
record Caller(Kind kind, String name) {

    private static final int NETWORK_BYTES = 8;

    /** How a caller is known. */
    enum Kind {
        SESSION,
        TOKEN,
        ADDRESS;

        /** As it is written in metrics and records. */
        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** One bucket for an address, or for the whole network of 64 bits that somebody with IPv6 has to choose from. */
    static Caller at(String remoteAddress) {
        try {
            InetAddress address = InetAddress.ofLiteral(remoteAddress);
            if (address instanceof Inet6Address) {
                byte[] network =
                        Arrays.copyOf(Arrays.copyOf(address.getAddress(), NETWORK_BYTES), address.getAddress().length);
                return new Caller(
                        Kind.ADDRESS, InetAddress.getByAddress(network).getHostAddress() + "/64");
            }
            return new Caller(Kind.ADDRESS, address.getHostAddress());
        } catch (IllegalArgumentException | UnknownHostException e) {
            // Not an address in numbers, so a name that the web server gave it.
            return new Caller(Kind.ADDRESS, remoteAddress);
        }
    }

    /** In words, for people. */
    String inWords() {
        return switch (kind) {
            case SESSION -> "the pages of " + name;
            case TOKEN -> "programs with an API token of " + name;
            case ADDRESS -> "callers at " + name + " that are not signed in";
        };
    }
}

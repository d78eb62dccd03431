package dev.meseta.manager.agents.internal;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A network address as people write it: {@code host:port}, {@code 10.0.0.1:9443} or {@code [fd00::1]:9443}.
 *
 * @param host without brackets
 * @param port 0 to 65535
 */
record HostAndPort(String host, int port) {

    private static final Pattern SHAPE =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|([^\\[\\]:\\s/]{1,253})):(\\d{1,5})");
    private static final Pattern DNS_NAME = Pattern.compile("(?=.{1,253}$)[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
            + "(?:\\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*");
    private static final Pattern LOOKS_NUMERIC = Pattern.compile("[0-9.]+");

    /** Empty when the text is no such address. Nothing is resolved. */
    static Optional<HostAndPort> parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        int port = Integer.parseInt(matcher.group(3));
        String bracketed = matcher.group(1);
        String host = bracketed != null ? bracketed : matcher.group(2);
        if (port > 65535 || !(isIpLiteral(host) || (bracketed == null && isDnsName(host)))) {
            return Optional.empty();
        }
        return Optional.of(new HostAndPort(host, port));
    }

    /** Whether it is an IPv4 or IPv6 address in numbers. */
    static boolean isIpLiteral(String text) {
        try {
            InetAddress address = InetAddress.ofLiteral(text);
            // ofLiteral also takes historic short forms such as "10.1"; a certificate must not depend on how they are
            // read.
            return address instanceof Inet6Address || address.getHostAddress().equals(text);
        } catch (IllegalArgumentException notAnAddress) {
            return false;
        }
    }

    /** Whether it is a host name by RFC 1123 and cannot be mistaken for an address. */
    static boolean isDnsName(String text) {
        return DNS_NAME.matcher(text).matches() && !LOOKS_NUMERIC.matcher(text).matches();
    }

    /** As a gRPC target or a URL authority. */
    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}

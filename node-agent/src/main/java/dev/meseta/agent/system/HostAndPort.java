package dev.meseta.agent.system;

import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** A network address as people write it: {@code host:port} or {@code [fd00::1]:9443}; host without brackets. */
public record HostAndPort(String host, int port) {

    private static final Pattern SHAPE =
            Pattern.compile("(?:\\[([0-9A-Fa-f:.]{2,45})]|([A-Za-z0-9][A-Za-z0-9._-]{0,252})):(\\d{1,5})");

    /** @throws IllegalArgumentException when the text is no such address; nothing is resolved */
    public static HostAndPort parse(String text) {
        Matcher matcher = SHAPE.matcher(text);
        if (!matcher.matches() || Integer.parseInt(matcher.group(3)) > 65_535) {
            throw new IllegalArgumentException("\"" + text + "\" is not of the form host:port");
        }
        String bracketed = matcher.group(1);
        return new HostAndPort(bracketed == null ? matcher.group(2) : bracketed, Integer.parseInt(matcher.group(3)));
    }

    /** Addresses with commas between them, as {@link #list} writes them; at least one. */
    public static List<HostAndPort> parseList(String text) {
        return Arrays.stream(text.split(",", -1))
                .map(each -> parse(each.strip()))
                .toList();
    }

    public static String list(List<HostAndPort> addresses) {
        return addresses.stream().map(HostAndPort::toString).collect(Collectors.joining(","));
    }

    /** Resolves the host when it is a name. */
    public InetSocketAddress socketAddress() {
        return new InetSocketAddress(host, port);
    }

    @Override
    public String toString() {
        return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
    }
}

package dev.meseta.manager.membership.internal;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

/**
 * Where a manager listens for the others.
 *
 * @param host an address of one interface of this machine
 * @param port 0 to 65535
 */
record GridAddress(InetAddress host, int port) {

    private static final int MAX_PORT = 65_535;

    /** @throws IllegalArgumentException when the text is no {@code address:port} with an address in numbers */
    static GridAddress parse(String text) {
        int colon = text.lastIndexOf(':');
        try {
            InetAddress host = InetAddress.ofLiteral(
                    text.substring(0, Math.max(colon, 0)).replace("[", "").replace("]", ""));
            int port = Integer.parseInt(text.substring(colon + 1));
            if (port >= 0 && port <= MAX_PORT && !host.isAnyLocalAddress()) {
                return new GridAddress(host, port);
            }
        } catch (IllegalArgumentException e) {
            throw refusal(text, e);
        }
        throw refusal(text, null);
    }

    private static IllegalArgumentException refusal(String text, @org.jspecify.annotations.Nullable Throwable cause) {
        return new IllegalArgumentException(
                "meseta.membership.listen (%s) must be an address of one interface that only managers reach, with a port, like 10.0.0.1:5701; not a name and not 0.0.0.0"
                        .formatted(text),
                cause);
    }

    /** Itself, or with a port that was free a moment ago. */
    GridAddress withPort() throws IOException {
        if (port != 0) {
            return this;
        }
        try (ServerSocket any = new ServerSocket()) {
            any.bind(new InetSocketAddress(host, 0));
            return new GridAddress(host, any.getLocalPort());
        }
    }

    @Override
    public String toString() {
        String address = host.getHostAddress();
        return (address.indexOf(':') >= 0 ? "[" + address + "]" : address) + ":" + port;
    }
}

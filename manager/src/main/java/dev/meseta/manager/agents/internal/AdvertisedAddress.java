package dev.meseta.manager.agents.internal;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.stream.Stream;

/** Where agents are told to find the manager. */
final class AdvertisedAddress {

    private final GrpcProperties properties;
    private volatile int boundPort;

    AdvertisedAddress(GrpcProperties properties) {
        this.properties = properties;
        this.boundPort = properties.listenAddress().getPort();
    }

    /** The server listens now; matters when it was told to take any free port. */
    void bound(int port) {
        boundPort = port;
    }

    HostAndPort get() {
        if (!properties.advertised().isEmpty()) {
            return HostAndPort.parse(properties.advertised())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "meseta.grpc.advertised must be host:port, but is \"" + properties.advertised() + "\""));
        }
        InetSocketAddress listen = properties.listenAddress();
        InetAddress address = listen.getAddress();
        boolean wildcard = address != null && address.isAnyLocalAddress();
        return new HostAndPort(wildcard ? machineName() : listen.getHostString(), boundPort);
    }

    /** Names and addresses for the manager's certificate; agents go by the id in it, these are for other tools. */
    List<String> certificateNames() {
        return Stream.of(get().host(), "localhost", "127.0.0.1").distinct().toList();
    }

    private static String machineName() {
        try {
            String name = InetAddress.getLocalHost().getHostName();
            return HostAndPort.isDnsName(name) ? name : "localhost";
        } catch (UnknownHostException nameless) {
            return "localhost";
        }
    }
}

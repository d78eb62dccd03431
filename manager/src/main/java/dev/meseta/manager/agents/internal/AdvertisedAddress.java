package dev.meseta.manager.agents.internal;

import java.util.List;
import java.util.stream.Stream;

/** Where agents are told to find the manager. */
final class AdvertisedAddress {

    private final String publicAddress;
    private volatile int port;

    /** @param port 0 when it is not known before the server listens */
    AdvertisedAddress(String publicAddress, int port) {
        if (!HostAndPort.isIpLiteral(publicAddress) && !HostAndPort.isDnsName(publicAddress)) {
            throw new IllegalArgumentException(
                    "meseta.public-address must be a host name or an IP address, but is \"" + publicAddress + "\"");
        }
        this.publicAddress = publicAddress;
        this.port = port;
    }

    /** The server listens now. */
    void bound(int actualPort) {
        port = actualPort;
    }

    HostAndPort get() {
        return new HostAndPort(publicAddress, port);
    }

    /** Names and addresses for the manager's certificate; agents go by the id in it, these are for other tools. */
    List<String> certificateNames() {
        return Stream.of(publicAddress, "localhost", "127.0.0.1").distinct().toList();
    }
}

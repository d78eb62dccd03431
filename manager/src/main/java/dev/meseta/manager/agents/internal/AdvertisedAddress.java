package dev.meseta.manager.agents.internal;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Where agents are told to find the manager. */
final class AdvertisedAddress {

    private final String publicAddress;
    private final Consumer<String> known;
    private final Supplier<List<String>> ofAll;
    private volatile int port;

    /** Of a manager that knows of no others. */
    AdvertisedAddress(String publicAddress, int port) {
        this(publicAddress, port, address -> {}, List::of);
    }

    /**
     * @param port 0 when it is not known before the server listens
     * @param known told the address once the server listens
     * @param ofAll where agents find all managers, this one too
     */
    AdvertisedAddress(String publicAddress, int port, Consumer<String> known, Supplier<List<String>> ofAll) {
        if (!HostAndPort.isIpLiteral(publicAddress) && !HostAndPort.isDnsName(publicAddress)) {
            throw new IllegalArgumentException(
                    "meseta.public-address must be a host name or an IP address, but is \"" + publicAddress + "\"");
        }
        this.publicAddress = publicAddress;
        this.port = port;
        this.known = known;
        this.ofAll = ofAll;
    }

    /** The server listens now. */
    void bound(int actualPort) {
        port = actualPort;
        known.accept(get().toString());
    }

    HostAndPort get() {
        return new HostAndPort(publicAddress, port);
    }

    /** For a command line: URLs of all managers with spaces between them, this one's first. */
    String urls() {
        return Stream.concat(Stream.of(get().toString()), ofAll.get().stream())
                .distinct()
                .map(address -> "https://" + address)
                .collect(Collectors.joining(" "));
    }

    /** Names and addresses for the manager's certificate; agents go by the id in it, these are for other tools. */
    List<String> certificateNames() {
        return Stream.of(publicAddress, "localhost", "127.0.0.1").distinct().toList();
    }
}

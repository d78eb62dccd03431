package dev.meseta.lab.stack;

import dev.meseta.lab.host.Lab;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/**
 * Where the programs of a data center send their traces.
 *
 * @param url as people on this machine write it; empty: nowhere
 */
public record Collector(Optional<URI> url) {

    private static final String NOWHERE = "none";
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "[::1]");

    /** @throws IllegalArgumentException when it is neither an http address nor "none" */
    public static Collector of(String text) {
        if (text.equals(NOWHERE)) {
            return new Collector(Optional.empty());
        }
        URI url = URI.create(text);
        if (url.getHost() == null || !Set.of("http", "https").contains(url.getScheme())) {
            throw new IllegalArgumentException("'%s' is not an http address".formatted(text));
        }
        return new Collector(Optional.of(url));
    }

    /** The one that was wanted last in this data center. */
    static Collector last(Path file) {
        try {
            return of(Files.exists(file) ? Files.readString(file).strip() : NOWHERE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void remember(Path file) {
        try {
            Files.writeString(file, url.map(URI::toString).orElse(NOWHERE) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For programs in this machine's own network. */
    Optional<String> here() {
        return url.map(URI::toString);
    }

    /** For the lab's hosts, to which this machine is the one where the managers are. */
    Optional<String> fromHosts(Lab lab) {
        return url.map(address -> THIS_MACHINE.contains(address.getHost())
                ? address.toString().replaceFirst("(?<=://)[^:/]+|\\[::1]", lab.managerAddress())
                : address.toString());
    }
}

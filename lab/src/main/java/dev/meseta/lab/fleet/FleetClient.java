package dev.meseta.lab.fleet;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * Tells a running fleet what to do and asks it what is true. A host is given by name; {@link #ALL} means every one. For
 * one thread. Every method throws {@link IllegalStateException} when the fleet refuses, with its reason.
 */
public final class FleetClient implements AutoCloseable {

    /** Every host. */
    public static final String ALL = "*";

    private final SocketChannel channel;
    private final BufferedReader answers;
    private final BufferedWriter orders;

    private FleetClient(SocketChannel channel) {
        this.channel = channel;
        this.answers = new BufferedReader(Channels.newReader(channel, StandardCharsets.UTF_8));
        this.orders = new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
    }

    /** @throws UncheckedIOException when no fleet listens there */
    public static FleetClient connect(Path socket) {
        try {
            return new FleetClient(SocketChannel.open(UnixDomainSocketAddress.of(socket)));
        } catch (IOException e) {
            throw new UncheckedIOException("no fleet takes orders at " + socket, e);
        }
    }

    /** How the fleet fares, in numbers of hosts and guests. */
    public record Status(int hosts, int joined, int agents, int poweredOn, int guests) {}

    /** One host. */
    public record Host(String name, boolean joined, boolean agentRuns, boolean poweredOn) {}

    /** A guest as it really is on a host, whatever the host's agent says. */
    public record Guest(String host, UUID vmId, String state, String reason) {}

    /**
     * A guest was on a host, running or halted. Times are those of {@link System#nanoTime}, which all processes of a machine
     * share.
     *
     * @param endNanos {@link Long#MAX_VALUE}: it still is
     */
    public record Run(String host, UUID vmId, long beginNanos, long endNanos) {}

    /** A guest was made to boot again. */
    public record Reset(String host, UUID vmId, long atNanos) {}

    public Status status() {
        String[] numbers = order("status").getFirst().split(" ");
        return new Status(
                Integer.parseInt(numbers[0]),
                Integer.parseInt(numbers[1]),
                Integer.parseInt(numbers[2]),
                Integer.parseInt(numbers[3]),
                Integer.parseInt(numbers[4]));
    }

    public List<Host> hosts() {
        return order("hosts").stream()
                .map(line -> line.split(" "))
                .map(words ->
                        new Host(words[0], words[1].equals("joined"), words[2].equals("agent"), words[3].equals("on")))
                .toList();
    }

    public List<Guest> guests(String host) {
        return order("domains " + host).stream()
                .map(line -> line.split(" "))
                .map(words -> new Guest(words[0], UUID.fromString(words[1]), words[2], words[3]))
                .toList();
    }

    /** From now on the fleet records every run of a guest. */
    public void recordRuns() {
        order("record-runs");
    }

    /** Every run since {@link #recordRuns}. */
    public List<Run> runs() {
        return order("runs").stream()
                .map(line -> line.split(" "))
                .map(words -> new Run(
                        words[0],
                        UUID.fromString(words[1]),
                        Long.parseLong(words[2]),
                        words[3].equals("-") ? Long.MAX_VALUE : Long.parseLong(words[3])))
                .toList();
    }

    /** Every reset since {@link #recordRuns}. */
    public List<Reset> resets() {
        return order("resets").stream()
                .map(line -> line.split(" "))
                .map(words -> new Reset(words[0], UUID.fromString(words[1]), Long.parseLong(words[2])))
                .toList();
    }

    /** Joins a host and starts its agent; returns when it serves. */
    public void join(String host, String token, String caFingerprint) {
        order("join %s %s %s".formatted(host, token, caFingerprint));
    }

    /** Ends an agent as SIGKILL does; guests run on. */
    public void killAgent(String host) {
        order("kill-agent " + host);
    }

    public void startAgent(String host) {
        order("start-agent " + host);
    }

    /** Guests and agent end. */
    public void powerOff(String host) {
        order("power-off " + host);
    }

    /** With a new boot id and without guests. */
    public void powerOn(String host) {
        order("power-on " + host);
    }

    /** Guests run from now on that nobody asked the host's agent for: it just finds them, each with so much memory. */
    public void runGuests(String host, int mebibytes, List<UUID> vmIds) {
        order("run-guests %s %d %s"
                .formatted(
                        host,
                        mebibytes,
                        String.join(" ", vmIds.stream().map(UUID::toString).toList())));
    }

    public void crashGuest(String host, UUID vmId) {
        order("crash-guest %s %s".formatted(host, vmId));
    }

    /** How long every call to the hypervisor takes that changes something. */
    public void latency(String host, Duration least, Duration most) {
        order("latency %s %d %d".formatted(host, least.toMillis(), most.toMillis()));
    }

    /**
     * Some calls to the hypervisor go wrong.
     *
     * @param operation for instance START, or {@code *} for all that change something
     * @param probability 0 to 1
     * @param kind {@code fail:CODE}, {@code delay:MS}, {@code unknown:done}, {@code unknown:lost}, {@code hang} or
     *     {@code break:PERCENT}
     */
    public void fault(String host, String operation, double probability, String kind) {
        order("fault %s %s %s %s".formatted(host, operation, Double.toString(probability), kind));
    }

    /** The next call goes wrong; see {@link #fault}. */
    public void next(String host, String operation, String kind) {
        order("next %s %s %s".formatted(host, operation, kind));
    }

    /** No more faults; what hangs goes on. */
    public void clearFaults(String host) {
        order("clear " + host);
    }

    public void dirtyRate(String host, long bytesPerSecond) {
        order("dirty-rate %s %d".formatted(host, bytesPerSecond));
    }

    /** @param skew negative: the host's clock is late */
    public void clockSkew(String host, Duration skew) {
        order("clock-skew %s %d".formatted(host, skew.toMillis()));
    }

    private List<String> order(String line) {
        try {
            orders.write(line + "\n");
            orders.flush();
            List<String> lines = new ArrayList<>();
            while (true) {
                String answer = answers.readLine();
                if (answer == null) {
                    throw new IOException("the fleet has ended");
                }
                if (answer.equals("OK")) {
                    return lines;
                }
                if (answer.startsWith("ERROR ")) {
                    throw new IllegalStateException("the fleet refuses: " + answer.substring("ERROR ".length()));
                }
                lines.add(answer.substring(1));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

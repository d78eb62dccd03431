package dev.meseta.agent.flows.datapath;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.ProcessCommands;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * A network namespace for the calling thread, and for the threads and processes that it starts, until it is closed by the
 * same thread. A new one is quiet: nothing in it sends by itself.
 */
public final class NetworkNamespace implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final int CLONE_NEWNET = 0x40000000;
    private static final int CLOSE_ON_EXEC = 0x80000;

    private static final Commands COMMANDS = new ProcessCommands();

    private final String name;
    private final boolean own;
    private final int outside;

    private NetworkNamespace(String name, boolean own) {
        this.name = name;
        this.own = own;
        outside = NativeCalls.open("/proc/thread-self/ns/net", CLOSE_ON_EXEC);
        int inside = NativeCalls.open("/run/netns/" + name, CLOSE_ON_EXEC);
        assertThat(NativeCalls.setns(inside, CLONE_NEWNET)).isZero();
        NativeCalls.close(inside);
    }

    private void quieten() {
        set("/proc/sys/net/ipv6/conf/all/disable_ipv6", "1");
        set("/proc/sys/net/ipv6/conf/default/disable_ipv6", "1");
        // A bridge shall pass on what is malformed, too.
        set("/proc/sys/net/bridge/bridge-nf-call-iptables", "0");
        set("/proc/sys/net/bridge/bridge-nf-call-ip6tables", "0");
        set("/proc/sys/net/bridge/bridge-nf-call-arptables", "0");
    }

    /** A new one. */
    static NetworkNamespace enter() {
        String name = "mst-f-" + UUID.randomUUID().toString().substring(0, 8);
        assumeTrue(
                COMMANDS.run(List.of("ip", "netns", "add", name), PATIENCE).succeeded(),
                "needs root and network namespaces");
        NetworkNamespace entered = new NetworkNamespace(name, true);
        entered.quieten();
        return entered;
    }

    /** One that somebody else has made, and will remove. */
    public static NetworkNamespace enter(String name) {
        return new NetworkNamespace(name, false);
    }

    private static void set(String setting, String value) {
        Path file = Path.of(setting);
        if (Files.exists(file)) {
            try {
                Files.writeString(file, value);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    String ip(String... arguments) {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        return run(command);
    }

    public String run(List<String> command) {
        Commands.Result result = COMMANDS.run(command, PATIENCE);
        assertThat(result.succeeded()).as("%s: %s", command, result.errors()).isTrue();
        return result.output();
    }

    /** A bridge without habits of its own. */
    void bridge(String bridge) {
        ip("link", "add", bridge, "type", "bridge", "stp_state", "0", "forward_delay", "0", "mcast_snooping", "0");
        ip("link", "set", bridge, "up");
    }

    @Override
    public void close() {
        assertThat(NativeCalls.setns(outside, CLONE_NEWNET)).isZero();
        NativeCalls.close(outside);
        if (own) {
            Commands.Result unused = COMMANDS.run(List.of("ip", "netns", "del", name), PATIENCE);
        }
    }
}

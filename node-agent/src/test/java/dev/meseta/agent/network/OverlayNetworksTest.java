package dev.meseta.agent.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.ProcessCommands;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two hosts as network namespaces joined by a cable. */
@Tag("integration")
class OverlayNetworksTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final String suffix = UUID.randomUUID().toString().substring(0, 6);
    private final String left = "mst-l-" + suffix;
    private final String right = "mst-r-" + suffix;
    private final Commands commands = new ProcessCommands();
    private final List<List<String>> changes = new ArrayList<>();

    /** Every program in a namespace; remembers those that change something. */
    private Commands inside(String namespace) {
        return (arguments, timeout) -> {
            if (!arguments.contains("show")) {
                changes.add(arguments);
            }
            List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
            command.addAll(arguments);
            return commands.run(command, timeout);
        };
    }

    private String run(String... arguments) {
        Commands.Result result = commands.run(List.of(arguments), PATIENCE);
        assertThat(result.succeeded())
                .as("%s: %s", List.of(arguments), result.errors())
                .isTrue();
        return result.output();
    }

    @BeforeEach
    void setUp() {
        assumeTrue(
                commands.run(List.of("ip", "netns", "add", left), PATIENCE).succeeded(),
                "needs root and network namespaces");
        run("ip", "netns", "add", right);
        run("ip", "link", "add", "name", "up0", "netns", left, "type", "veth", "peer", "name", "up0", "netns", right);
        run("ip", "-n", left, "addr", "add", "10.99.0.1/24", "dev", "up0");
        run("ip", "-n", right, "addr", "add", "10.99.0.2/24", "dev", "up0");
        run("ip", "-n", left, "link", "set", "up0", "up");
        run("ip", "-n", right, "link", "set", "up0", "up");
    }

    @AfterEach
    void tearDown() {
        for (String namespace : List.of(left, right)) {
            Commands.Result unused = commands.run(List.of("ip", "netns", "del", namespace), PATIENCE);
        }
    }

    @Test
    void guestsOnTwoHostsReachEachOther() {
        UUID networkId = UUID.randomUUID();
        new OverlayNetworks(inside(left), "10.99.0.1")
                .ensure(Overlay.of(networkId, 16_777_215, 1450, List.of("10.99.0.2")));
        new OverlayNetworks(inside(right), "10.99.0.2")
                .ensure(Overlay.of(networkId, 16_777_215, 1450, List.of("10.99.0.1")));
        // An address on the bridge stands for a guest.
        run("ip", "-n", left, "addr", "add", "10.1.0.1/24", "dev", "msb16777215");
        run("ip", "-n", right, "addr", "add", "10.1.0.2/24", "dev", "msb16777215");
        run("ip", "netns", "exec", left, "busybox", "ping", "-c", "2", "-W", "3", "10.1.0.2");
    }

    @Test
    void aSecondEnsureChangesNothingAndPeersAreReconciled() {
        UUID networkId = UUID.randomUUID();
        OverlayNetworks networks = new OverlayNetworks(inside(left), "10.99.0.1");
        networks.ensure(Overlay.of(networkId, 100, 1450, List.of("10.99.0.2", "10.99.0.3", "10.99.0.1")));
        assertThat(networks.require(networkId)).isEqualTo(new Bridge("msb100", 1450));
        assertThat(run("bridge", "-n", left, "fdb", "show", "dev", "msx100"))
                .contains("00:00:00:00:00:00 dst 10.99.0.2", "00:00:00:00:00:00 dst 10.99.0.3")
                .doesNotContain("dst 10.99.0.1 ");
        changes.clear();
        networks.ensure(Overlay.of(networkId, 100, 1450, List.of("10.99.0.3", "10.99.0.2")));
        assertThat(changes).isEmpty();

        networks.ensure(Overlay.of(networkId, 100, 1400, List.of("10.99.0.4")));
        assertThat(run("bridge", "-n", left, "fdb", "show", "dev", "msx100"))
                .contains("dst 10.99.0.4")
                .doesNotContain("10.99.0.2", "10.99.0.3");
        assertThat(run("ip", "-n", left, "-d", "link", "show", "dev", "msb100"))
                .contains("mtu 1400", "stp_state 0", "mcast_snooping 0", "forward_delay 0", "state UP");
        assertThat(run("ip", "-n", left, "-d", "link", "show", "dev", "msx100"))
                .contains("mtu 1400", "local 10.99.0.1", "dstport 4789", "master msb100");
    }

    @Test
    void aRestartedAgentFindsWhatItMade() {
        UUID networkId = UUID.randomUUID();
        new OverlayNetworks(inside(left), "10.99.0.1").ensure(Overlay.of(networkId, 7, 1450, List.of()));
        OverlayNetworks restarted = new OverlayNetworks(inside(left), "10.99.0.1");
        assertThatThrownBy(() -> restarted.require(networkId)).isInstanceOf(AgentException.class);
        restarted.adopt();
        assertThat(restarted.require(networkId)).isEqualTo(new Bridge("msb7", 1450));
        assertThatThrownBy(() -> restarted.ensure(Overlay.of(UUID.randomUUID(), 7, 1450, List.of())))
                .as("a VNI belongs to one network")
                .isInstanceOfSatisfying(
                        AgentException.class, e -> assertThat(e.code()).isEqualTo(AgentErrorCode.NETWORK_ERROR));
        restarted.remove(networkId);
        restarted.remove(networkId);
        assertThat(run("ip", "-n", left, "link", "show")).doesNotContain("msb7", "msx7");
    }

    @Test
    void vxlanIsTried() {
        assertThat(new OverlayNetworks(inside(left), "10.99.0.1").vxlanWorks()).isTrue();
        assertThat(run("ip", "-n", left, "link", "show")).doesNotContain("msxprobe");
    }

    @Test
    void whatCannotBeMeantIsRefused() {
        UUID id = UUID.randomUUID();
        for (Runnable wrong : List.<Runnable>of(
                () -> Overlay.of(id, 0, 1450, List.of()),
                () -> Overlay.of(id, 1 << 24, 1450, List.of()),
                () -> Overlay.of(id, 1, 100, List.of()),
                () -> Overlay.of(id, 1, 1450, List.of("-h")),
                () -> Overlay.of(id, 1, 1450, List.of("10.0.0.1; reboot")),
                () -> Overlay.of(id, 1, 1450, List.of("10.0.0.256")))) {
            assertThatThrownBy(wrong::run)
                    .isInstanceOfSatisfying(
                            AgentException.class,
                            e -> assertThat(e.code()).isEqualTo(AgentErrorCode.VALIDATION_FAILED));
        }
    }
}

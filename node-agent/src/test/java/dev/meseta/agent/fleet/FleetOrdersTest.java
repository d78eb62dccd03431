package dev.meseta.agent.fleet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.agent.flows.FlowFeed;
import dev.meseta.agent.flows.Flows;
import dev.meseta.agent.hypervisor.Await;
import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.simulated.SimulatedHypervisor;
import dev.meseta.agent.system.HostAndPort;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Orders to hosts that have not joined: their hardware is there, no agent serves. */
@Tag("unit")
class FleetOrdersTest {

    private static final Instant NOW = Instant.parse("2026-05-01T00:00:00Z");

    private Fleet fleet;
    private FleetOrders orders;

    @BeforeEach
    void makeFleet(@TempDir Path directory) {
        fleet = new Fleet(
                new FleetSettings(
                        directory,
                        List.of(new HostAndPort("127.0.0.1", 1)),
                        3,
                        77,
                        new FleetSettings.Storage(Path.of("/shared"), directory),
                        5),
                InstantSource.fixed(NOW));
        orders = new FleetOrders(fleet);
    }

    @AfterEach
    void close() {
        fleet.close();
    }

    @Test
    void tellsWhatReallyRuns() {
        UUID vmId = start("sim-00002");

        assertThat(orders.obey("status")).containsExactly("3 0 0 3 1");
        assertThat(orders.obey("domains *")).containsExactly("sim-00002 " + vmId + " RUNNING NONE");
        assertThat(orders.obey("domains sim-00001")).isEmpty();
    }

    @Test
    void recordsWhatRunsWhere() {
        UUID earlier = start("sim-00002");
        assertThat(orders.obey("runs")).isEmpty();

        assertThat(orders.obey("record-runs")).isEmpty();
        UUID later = start("sim-00001");
        assertThat(orders.obey("power-off sim-00002")).isEmpty();

        assertThat(orders.obey("runs"))
                .satisfiesExactly(
                        run -> assertThat(run).matches("sim-00002 " + earlier + " \\d+ \\d+"),
                        run -> assertThat(run).matches("sim-00001 " + later + " \\d+ -"));
        assertThat(orders.obey("resets")).isEmpty();
    }

    @Test
    void aHostWithoutPowerHasNoGuests() {
        UUID unused = start("sim-00002");

        assertThat(orders.obey("power-off sim-00002")).isEmpty();

        assertThat(orders.obey("hosts"))
                .containsExactly(
                        "sim-00001 new no-agent on", "sim-00002 new no-agent off", "sim-00003 new no-agent on");
        assertThat(orders.obey("domains *")).isEmpty();
    }

    @Test
    void theNextCallGoesWrongAndThenNoMore() {
        assertThat(orders.obey("next sim-00001 start fail:DOMAIN_START_FAILED")).isEmpty();

        assertThatThrownBy(() -> start("sim-00001")).isInstanceOf(HypervisorException.class);
        assertThat(start("sim-00001")).isNotNull();
    }

    @Test
    void everyCallGoesWrongUntilCleared() {
        assertThat(orders.obey("fault * * 1 unknown:lost")).isEmpty();
        assertThatThrownBy(() -> start("sim-00003")).isInstanceOf(HypervisorException.class);

        assertThat(orders.obey("clear *")).isEmpty();

        assertThat(start("sim-00003")).isNotNull();
    }

    @Test
    void aClockGoesWrong() {
        assertThat(orders.obey("clock-skew sim-00001 -90000")).isEmpty();

        assertThat(fleet.named("sim-00001").getFirst().clock().instant()).isEqualTo(NOW.minusSeconds(90));
        assertThat(fleet.named("sim-00002").getFirst().clock().instant()).isEqualTo(NOW);
    }

    @Test
    void whatCannotBeUnderstoodIsRefusedAndNoTokenIsRepeated() {
        for (String line : List.of(
                "",
                "dance *",
                "power-off nobody",
                "latency sim-00001 5",
                "latency sim-00001 9 5",
                "fault * START 2 hang",
                "fault * START 1 sneeze",
                "next * JUMP hang")) {
            assertThatIllegalArgumentException().as(line).isThrownBy(() -> orders.obey(line));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> orders.obey("join nobody secret fingerprint"))
                .withMessageNotContaining("secret");
    }

    @Test
    void trafficComesWhenItIsOrdered() {
        UUID nicId = UUID.randomUUID();
        FleetHost host = fleet.named("sim-00001").getFirst();
        host.hypervisor()
                .start(new DomainDefinition(
                        UUID.randomUUID(),
                        "vm",
                        1,
                        1 << 20,
                        DomainDefinition.Firmware.BIOS,
                        Optional.empty(),
                        List.of(),
                        List.of(new DomainDefinition.Nic(nicId, UUID.randomUUID(), "52:54:00:00:00:01", "br", 1450)),
                        Optional.empty(),
                        1));
        ScheduledExecutorService scheduler = Executors.newSingleThreadScheduledExecutor();
        try (Flows flows = host.traffic()
                .open(new Flows.Given(
                        host.hypervisor(), Optional.empty(), InstantSource.fixed(NOW), Runnable::run, scheduler))) {
            FlowFeed.Watcher watcher = flows.feed().watch("", () -> {});
            assertThat(watcher.poll().orElseThrow().flows()).isEmpty();
            assertThat(orders.obey("traffic sim-00001 4")).isEmpty();
            Await.until(
                    "four records",
                    () -> watcher.poll()
                            .filter(batch -> batch.flows().size() == 4)
                            .filter(batch ->
                                    batch.flows().getFirst().vnic().nicId().equals(nicId))
                            .isPresent());
        } finally {
            scheduler.shutdownNow();
        }
        assertThatIllegalArgumentException().isThrownBy(() -> orders.obey("traffic sim-00001 -1"));
    }

    private UUID start(String host) {
        SimulatedHypervisor hypervisor = fleet.named(host).getFirst().hypervisor();
        UUID vmId = UUID.randomUUID();
        hypervisor.start(new DomainDefinition(
                vmId,
                "vm",
                1,
                1 << 20,
                DomainDefinition.Firmware.BIOS,
                Optional.empty(),
                List.of(),
                List.of(),
                Optional.empty(),
                1));
        return vmId;
    }
}

package dev.meseta.manager.network.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.HOST_2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.HostConnected;
import dev.meseta.manager.fakes.FakeClusters;
import dev.meseta.manager.fakes.FakeDataCenter;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Tag("unit")
@Timeout(30)
class NetworksOnHostsTest {

    private static final UUID HOST_3 = UUID.fromString("00000000-0000-7000-8000-000000000013");

    private final FakeDataCenter dataCenter = new FakeDataCenter();
    private final BlockingQueue<UUID> told = new LinkedBlockingQueue<>();
    private final NetworksOnHosts networks = new NetworksOnHosts(
            dataCenter.networks,
            dataCenter.hosts,
            dataCenter.agents,
            (hostId, begun, atMost) -> {
                told.add(hostId);
                return begun;
            },
            dataCenter.ids);

    @Test
    void onlyThoseAreToldWhoDoNotKnow() throws InterruptedException {
        networks.prepare(HOST_1);
        networks.on(new HostConnected(HOST_1));

        assertThat(told.take()).isEqualTo(HOST_1);
        assertThat(told.take()).as("has not been told before").isEqualTo(HOST_2);

        networks.on(new HostConnected(HOST_2));
        dataCenter.hosts.register(HOST_3, FakeClusters.CLUSTER, "host-3", "", "10.0.0.3");
        networks.prepare(HOST_3);
        networks.on(new HostConnected(HOST_3));

        assertThat(told.take()).isEqualTo(HOST_3);
        assertThat(List.of(told.take(), told.take())).containsExactlyInAnyOrder(HOST_1, HOST_2);
        assertThat(told.poll(1, TimeUnit.SECONDS))
                .as("one word more than needed")
                .isNull();
    }

    @Test
    void aHostThatConnectsAgainIsToldAgain() throws InterruptedException {
        networks.prepare(HOST_1);
        networks.prepare(HOST_1);

        assertThat(told.take()).isEqualTo(HOST_1);
        assertThat(told.take()).isEqualTo(HOST_1);
    }
}

package dev.meseta.manager.agents.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.agents.internal.FakeAgent.FlowWatch;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.proto.v1.FlowBatch;
import dev.meseta.proto.v1.FlowInitiator;
import dev.meseta.proto.v1.FlowRecord;
import dev.meseta.proto.v1.FlowSource;
import io.grpc.Status;
import java.time.Duration;
import java.time.InstantSource;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** From a host's agent over TLS through a whole manager to the API. */
class FlowsOfAHostTest extends ManagerIntegrationTest {

    @Autowired
    private CertificateAuthorities authorities;

    @Autowired
    private Hosts hosts;

    @Autowired
    private UuidGenerator ids;

    @Autowired
    private InstantSource clock;

    private final UUID vm = UUID.randomUUID();
    private final UUID nic = UUID.randomUUID();
    private final UUID network = UUID.randomUUID();

    @Test
    void what_an_agent_reports_is_shown_once_however_often_its_stream_breaks() {
        UUID host = ids.next();
        UUID cluster = guest();
        try (FakeAgent agent = new FakeAgent(
                        authorities,
                        TestKeys.credentials(
                                authorities, CertificateIdentity.host(host).uri()))
                .knowsFlows()) {
            hosts.register(host, cluster, "host-of-flows", agent.address(), "127.0.0.1");
            agent.nextWatch().send(WatchEvents.host(host, "i1")).send(WatchEvents.snapshotEnd());

            FlowWatch watch = agent.nextFlowWatch();
            assertThat(watch.resumeToken()).isEmpty();
            watch.send(batch("i1/1"));
            assertThat(connections(1)).isEqualTo(1);
            for (int i = 2; i <= 4; i++) {
                watch.fail(Status.UNAVAILABLE);
                watch = agent.nextFlowWatch();
                assertThat(watch.resumeToken()).isEqualTo("i1/" + (i - 1));
                watch.send(batch("i1/" + i));
                assertThat(connections(i)).isEqualTo(i);
            }
            JsonNode losses = api.get("/flows/losses").json();
            assertThat(losses.valueStream()
                            .filter(one -> one.path("hostId").asString("").equals(host.toString()))
                            .map(one -> one.path("source").asString() + " "
                                    + one.path("records").asLong()))
                    .containsExactly("DATAPATH 4");
        } finally {
            jdbc.sql("DELETE FROM host WHERE id = :id").param("id", host).update();
        }
    }

    /** How many connections the API tells of, once it has come to as many. */
    private long connections(long expected) {
        long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (true) {
            JsonNode items = api.get("/flows?vmId=" + vm).json().path("items");
            long found = items.path(0).path("sums").path("connections").asLong(0);
            if (found >= expected || System.nanoTime() > giveUp) {
                assertThat(items).hasSize(1);
                return found;
            }
            LockSupport.parkNanos(20_000_000);
        }
    }

    /** @return the cluster of a VM with a vNIC */
    private UUID guest() {
        TestRows rows = new TestRows(jdbc);
        UUID center = rows.dataCenter();
        UUID cluster = rows.cluster(center);
        UUID made = rows.vm(cluster);
        jdbc.sql("UPDATE vm SET id = :id WHERE id = :made")
                .param("id", vm)
                .param("made", made)
                .update();
        jdbc.sql("""
                        INSERT INTO network (id, data_center_id, name, vni, mtu, subnet, created_at)
                        VALUES (:id, :center, CAST(:id AS text), :vni, 1400, '10.9.0.0/24', now())""")
                .param("id", network)
                .param("center", center)
                .param("vni", ThreadLocalRandom.current().nextInt(1_000_000, 16_000_000))
                .update();
        jdbc.sql(
                        "INSERT INTO nic (id, vm_id, network_id, mac_address, nic_index) VALUES (:id, :vm, :network, '02:00:aa:bb:cc:dd', 0)")
                .param("id", nic)
                .param("vm", vm)
                .param("network", network)
                .update();
        jdbc.sql("INSERT INTO network_address VALUES (:network, '10.9.0.1', :nic)")
                .param("network", network)
                .param("nic", nic)
                .update();
        return cluster;
    }

    private FlowBatch.Builder batch(String token) {
        var now = AgentMessages.timestamp(clock.instant());
        return FlowBatch.newBuilder()
                .setResumeToken(token)
                .setTakenAt(now)
                .setSource(FlowSource.FLOW_SOURCE_DATAPATH)
                .addFlows(FlowRecord.newBuilder()
                        .setVmId(vm.toString())
                        .setNicId(nic.toString())
                        .setNetworkId(network.toString())
                        .setEtherType(0x0800)
                        .setProtocol(6)
                        .setLocalAddress(ByteString.copyFrom(new byte[] {10, 9, 0, 1}))
                        .setRemoteAddress(ByteString.copyFrom(new byte[] {8, 8, 8, 8}))
                        .setLocalPort(40_000)
                        .setRemotePort(443)
                        .setInitiator(FlowInitiator.FLOW_INITIATOR_LOCAL)
                        .setBytesOut(100)
                        .setPacketsOut(1)
                        .setTcpFlagsOut(2)
                        .setFirstSeen(now)
                        .setLastSeen(now));
    }
}

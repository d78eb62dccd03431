package dev.meseta.manager.flows;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.agents.FlowAddress;
import dev.meseta.manager.agents.FlowBatch;
import dev.meseta.manager.agents.FlowBatch.Losses;
import dev.meseta.manager.agents.FlowRecord;
import dev.meseta.manager.agents.FlowRecord.Initiator;
import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.agents.HostFlows;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.identity.SeededRole;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;

/** Two tenants whose VMs talk to each other: everybody sees their own ends, and of the other one only the address. */
class FlowAccessTest extends ManagerIntegrationTest {

    private static int counter;

    @Autowired
    private HostFlows hostFlows;

    @Autowired
    private InstantSource clock;

    private record Tenant(UUID center, UUID cluster, UUID host, UUID vm, UUID nic, String name, FlowAddress address) {}

    private UUID network = new UUID(0, 0);
    private Tenant own = new Tenant(network, network, network, network, network, "", FlowAddress.v4(0));
    private Tenant other = own;
    private Tenant third = own;
    private ApiClient user = api;
    private UUID userId = network;

    @BeforeEach
    void tenants() {
        TestRows rows = new TestRows(jdbc);
        network = UUID.randomUUID();
        jdbc.sql("""
                        INSERT INTO network (id, data_center_id, name, vni, mtu, subnet, created_at)
                        VALUES (:id, :center, CAST(:id AS text), :vni, 1400, '10.9.0.0/24', now())""")
                .param("id", network)
                .param("center", rows.dataCenter())
                .param("vni", ThreadLocalRandom.current().nextInt(1_000_000, 16_000_000))
                .update();
        own = tenant(rows, 1);
        other = tenant(rows, 2);
        third = tenant(rows, 3);
        HostFlows.Position position = hostFlows.position(own.host());
        assertThat(hostFlows.take(
                        own.host(),
                        position,
                        batch("t1", flow(own, other, 443, Initiator.LOCAL), flow(own, own, 1, Initiator.LOCAL))))
                .isPresent();
        position = hostFlows.position(other.host());
        assertThat(hostFlows.take(
                        other.host(),
                        position,
                        batch("t1", flow(other, own, 443, Initiator.REMOTE), flow(other, third, 22, Initiator.LOCAL))))
                .isPresent();
        String name = "flow-user-" + counter++;
        Answer made = api.post("/users", "{\"name\":\"%s\",\"password\":\"a long password\"}".formatted(name));
        userId = UUID.fromString(made.json().path("id").asString());
        user = anonymous();
        assertThat(user.post("/auth/login", "{\"username\":\"%s\",\"password\":\"a long password\"}".formatted(name))
                        .status())
                .isEqualTo(200);
        user.withHeader("X-XSRF-TOKEN", user.cookie("XSRF-TOKEN"));
    }

    private Tenant tenant(TestRows rows, int number) {
        UUID center = rows.dataCenter();
        UUID cluster = rows.cluster(center);
        UUID vm = rows.vm(cluster);
        UUID nic = UUID.randomUUID();
        String name = "vm-" + vm;
        jdbc.sql("UPDATE vm SET name = :name, tags = ARRAY[:tag] WHERE id = :id")
                .param("name", name)
                .param("tag", "tag-" + number)
                .param("id", vm)
                .update();
        jdbc.sql("INSERT INTO nic (id, vm_id, network_id, mac_address, nic_index) VALUES (:id, :vm, :network, :mac, 0)")
                .param("id", nic)
                .param("vm", vm)
                .param("network", network)
                .param("mac", nic.toString())
                .update();
        jdbc.sql("UPDATE nic SET mac_address = :mac WHERE id = :id")
                .param("mac", "%02x:%02x:%02x:%02x:%02x:%02x".formatted(2, 0, counter, 0, 0, number))
                .param("id", nic)
                .update();
        jdbc.sql("INSERT INTO network_address VALUES (:network, CAST(:address AS inet), :nic)")
                .param("network", network)
                .param("address", "10.9.0." + number)
                .param("nic", nic)
                .update();
        return new Tenant(
                center,
                cluster,
                rows.host(cluster, "host-of-" + cluster),
                vm,
                nic,
                name,
                FlowAddress.parse("10.9.0." + number));
    }

    private FlowRecord flow(Tenant local, Tenant remote, int port, Initiator initiator) {
        Instant now = clock.instant();
        boolean client = initiator == Initiator.LOCAL;
        return new FlowRecord(
                local.vm(),
                local.nic(),
                network,
                0x0800,
                0,
                6,
                local.address(),
                local.equals(remote) ? FlowAddress.parse("192.0.2.7") : remote.address(),
                1,
                2,
                client ? 50_000 : port,
                client ? port : 50_000,
                initiator,
                100,
                1,
                200,
                2,
                2,
                0x12,
                0,
                0,
                now,
                now);
    }

    private FlowBatch batch(String token, FlowRecord... records) {
        return new FlowBatch(token, clock.instant(), FlowSource.DATAPATH, List.of(records), Losses.NONE, 0);
    }

    private void grant(SeededRole role, String kind, UUID scope, String effect, String tag) {
        Answer made = api.post(
                "/grants",
                "{\"userId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"%s\",\"scopeId\":\"%s\",\"effect\":\"%s\",\"tag\":\"%s\"}"
                        .formatted(userId, role.id(), kind, scope, effect, tag));
        assertThat(made.status()).as(made.text()).isEqualTo(201);
    }

    private static List<String> ports(JsonNode items) {
        return items.valueStream()
                .map(item -> item.path("serverPort").asString())
                .sorted()
                .toList();
    }

    private JsonNode items(String path) {
        Answer answer = user.get(path);
        assertThat(answer.status()).as(path + answer.text()).isEqualTo(200);
        return answer.json().path("items");
    }

    @Test
    void who_may_not_see_traffic_sees_none() {
        grant(SeededRole.OPERATOR, "DATA_CENTER", own.center(), "ALLOW", "");
        for (String path : List.of(
                "/flows",
                "/flows/top-talkers",
                "/flows/matrix",
                "/flows/timeline",
                "/flows/export",
                "/flows/losses",
                "/flows/new-since?since=2026-01-01T00:00:00Z",
                "/vms/" + own.vm() + "/peers")) {
            assertThat(user.get(path).status()).as(path).isEqualTo(403);
        }
    }

    @Test
    void of_the_other_tenant_s_end_only_the_address_is_told() {
        grant(SeededRole.NETWORK_ADMINISTRATOR, "DATA_CENTER", own.center(), "ALLOW", "");

        JsonNode items = items("/flows");
        assertThat(ports(items)).containsExactly("1", "443");
        JsonNode talk = items("/flows?q=port:443").path(0);
        assertThat(talk.path("client").path("vmId").asString())
                .isEqualTo(own.vm().toString());
        assertThat(talk.path("client").path("name").asString()).isEqualTo(own.name());
        assertThat(talk.path("observedAt").asString()).isEqualTo("BOTH");
        assertThat(talk.path("sums").path("bytes").asLong()).isEqualTo(300);
        JsonNode hidden = talk.path("server");
        assertThat(hidden.path("kind").asString()).isEqualTo("VM");
        assertThat(hidden.path("vmId").isNull()).isTrue();
        assertThat(hidden.path("name").isNull()).isTrue();
        assertThat(hidden.path("address").asString()).isEqualTo("10.9.0.2");
        for (String path : List.of(
                "/flows",
                "/flows/top-talkers",
                "/flows/matrix",
                "/flows/matrix?groupBy=TAG",
                "/flows/timeline",
                "/flows/export",
                "/flows/losses",
                "/flows/new-since?since=2026-01-01T00:00:00Z",
                "/vms/" + own.vm() + "/peers")) {
            assertThat(user.get(path).text())
                    .as(path)
                    .doesNotContain(other.vm().toString())
                    .doesNotContain(other.name())
                    .doesNotContain("tag-2")
                    .doesNotContain(other.host().toString())
                    .doesNotContain("10.9.0.3")
                    .doesNotContain("INTERNAL");
        }
    }

    @Test
    void what_is_not_told_cannot_be_searched_for() {
        grant(SeededRole.NETWORK_ADMINISTRATOR, "DATA_CENTER", own.center(), "ALLOW", "");

        assertThat(items("/flows?q=vm:" + own.name())).hasSize(2);
        assertThat(items("/flows?q=vm:" + other.name())).isEmpty();
        assertThat(items("/flows?q=" + other.name())).isEmpty();
        assertThat(items("/flows?vmId=" + other.vm())).isEmpty();
        assertThat(items("/flows?vmId=" + own.vm())).hasSize(2);
        assertThat(items("/flows?q=address:10.9.0.2")).hasSize(1);
        assertThat(user.get("/vms/" + other.vm() + "/peers").status()).isEqualTo(404);
    }

    @Test
    void who_may_see_the_other_vm_is_told_its_name() {
        grant(SeededRole.NETWORK_ADMINISTRATOR, "VM", own.vm(), "ALLOW", "");
        grant(SeededRole.READ_ONLY, "VM", other.vm(), "ALLOW", "");

        JsonNode talk = items("/flows?q=port:443").path(0);
        assertThat(talk.path("server").path("name").asString()).isEqualTo(other.name());
        // To see the VM is not to see its traffic.
        assertThat(ports(items("/flows"))).containsExactly("1", "443");
        assertThat(items("/flows/top-talkers")).hasSize(1);
        assertThat(user.get("/vms/" + other.vm() + "/peers").status()).isEqualTo(403);
        JsonNode peer = items("/vms/" + own.vm() + "/peers?q=port:443").path(0);
        assertThat(peer.path("peer").path("name").asString()).isEqualTo(other.name());
        assertThat(peer.path("sentBytes").asLong()).isEqualTo(100);
        assertThat(peer.path("receivedBytes").asLong()).isEqualTo(200);
        assertThat(peer.path("services").path(0).asString()).isEqualTo("TCP/443");
    }

    @Test
    void a_denial_and_a_tag_count_here_too() {
        grant(SeededRole.NETWORK_ADMINISTRATOR, "DATA_CENTER", other.center(), "ALLOW", "tag-2");
        assertThat(ports(items("/flows"))).containsExactly("22", "443");
        grant(SeededRole.NETWORK_ADMINISTRATOR, "DATA_CENTER", third.center(), "ALLOW", "another-tag");
        assertThat(items("/flows?q=port:22").path(0).path("server").path("name").isNull())
                .isTrue();
        grant(SeededRole.NETWORK_ADMINISTRATOR, "VM", other.vm(), "DENY", "");
        assertThat(items("/flows")).isEmpty();
    }

    @Test
    void the_administrator_sees_everything_and_everything_once() {
        for (String port : List.of("443", "22", "1")) {
            JsonNode found = api.get("/flows?q=network:" + network + "%20port:" + port)
                    .json()
                    .path("items");
            assertThat(found).as(port).hasSize(1);
        }
        JsonNode timeline =
                api.get("/flows/timeline?q=network:" + network).json().path("points");
        assertThat(timeline.valueStream()
                        .mapToLong(point -> point.path("sums").path("bytes").asLong())
                        .sum())
                .isEqualTo(900);
        JsonNode cells =
                api.get("/flows/matrix?groupBy=TAG&q=network:" + network).json().path("items");
        assertThat(cells.valueStream()
                        .map(cell -> cell.path("client").path("name").asString("") + ">"
                                + cell.path("server")
                                        .path("name")
                                        .asString(
                                                cell.path("server").path("kind").asString())))
                .containsExactlyInAnyOrder("tag-1>tag-2", "tag-1>OUTSIDE", "tag-2>tag-3");
        JsonNode losses = api.get("/flows/losses").json();
        assertThat(losses.valueStream()
                        .filter(host -> host.path("hostId")
                                .asString("")
                                .equals(own.host().toString()))
                        .map(host -> host.path("source").asString() + " "
                                + host.path("records").asLong()))
                .containsExactly("DATAPATH 2");
        assertThat(api.get("/metrics").text())
                .contains("meseta_flows_records_total")
                .contains("meseta_flows_lost_total");
    }

    @Test
    void an_export_is_lines_and_in_the_audit_log() {
        Answer export = api.get("/flows/export?q=network:" + network, "X-Correlation-Id", "flows-taken-away");
        assertThat(export.status()).isEqualTo(200);
        assertThat(export.header("Content-Type")).startsWith("application/x-ndjson");
        assertThat(export.text().lines().toList()).hasSize(3).allMatch(line -> line.startsWith("{\"id\":"));

        String record = api.get("/audit/export")
                .text()
                .lines()
                .filter(line -> line.contains("flows-taken-away"))
                .findFirst()
                .orElseThrow();
        assertThat(record).contains("GET /api/v1/flows/export").contains("network:" + network);
    }

    @Test
    void what_makes_no_sense_is_refused_with_the_parameter() {
        for (String query : List.of(
                "/flows?from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z",
                "/flows?from=%2B999999999-01-01T00:00:00Z",
                "/flows?to=1969-01-01T00:00:00Z",
                "/flows?from=yesterday",
                "/flows?q=foo:bar",
                "/flows?sort=name;drop",
                "/flows?cursor=abc",
                "/flows?limit=501",
                "/flows?vmId=x",
                "/flows/top-talkers?limit=0",
                "/flows/top-talkers?limit=1001",
                "/flows/matrix?groupBy=COLOUR",
                "/flows/timeline?q=%22open",
                "/flows/export?q=foo:bar",
                "/flows/new-since",
                "/flows/new-since?since=0001-01-01T00:00:00Z",
                "/vms/" + own.vm() + "/peers?limit=-1")) {
            Answer answer = api.get(query);
            assertThat(answer.status()).as(query + answer.text()).isEqualTo(400);
            assertThat(answer.code()).as(query).isEqualTo("MALFORMED_REQUEST");
        }
        assertThat(api.get("/flows?q=%27%20%25_%5C").status()).isEqualTo(200);
        assertThat(api.get("/flows?from=2020-01-01T00:00:00Z")
                        .json()
                        .path("resolution")
                        .asString())
                .isEqualTo("DAY");
    }
}

package dev.meseta.manager.inventory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.identity.Actor;
import dev.meseta.manager.inventory.Observations.DomainObservation;
import dev.meseta.manager.inventory.Observations.DomainState;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.JsonNode;

/** The inventory through its API and its REST operations, on a real database. */
class InventoryTest extends ManagerIntegrationTest {

    private static final UUID OTHER_MANAGER = UUID.fromString("00000000-0000-7000-8000-00000000aaaa");

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private Hosts hosts;

    @Autowired
    private Vms vms;

    @Autowired
    private Clusters clusters;

    @Autowired
    private Observations observations;

    @Autowired
    private MissingVms missingVms;

    @Autowired
    private UuidGenerator ids;

    @Autowired
    private InstantSource clock;

    @BeforeEach
    void anotherManagerLives() {
        jdbc.sql("""
                        INSERT INTO manager_member (id, incarnation, address, started_at, heartbeat_at, lease_until, term_seen)
                        VALUES (:id, 1, 'nowhere', now(), now(), now() + interval '1 day', 1)""").param("id", OTHER_MANAGER).update();
    }

    @AfterEach
    void itIsForgotten() {
        jdbc.sql("DELETE FROM manager_member WHERE id = :id")
                .param("id", OTHER_MANAGER)
                .update();
    }

    /** A host of which this test alone tells what is observed: the other manager watches it. */
    private Host host(String name) {
        return Objects.requireNonNull(new TransactionTemplate(transactions).execute(status -> {
            Host host = hosts.register(
                    ids.next(),
                    clusters.defaultCluster().id(),
                    name,
                    "127.0.0.1:1",
                    "192.0.2." + (name.length() % 200));
            jdbc.sql(
                            "INSERT INTO host_ownership (host_id, epoch, manager_id, incarnation) VALUES (:host, 1, :other, 1)")
                    .param("host", host.id())
                    .param("other", OTHER_MANAGER)
                    .update();
            return host;
        }));
    }

    private Vms.NewVm draft(String name) {
        return new Vms.NewVm(
                ids.next(),
                clusters.defaultCluster().id(),
                name,
                "made by a test",
                2,
                512L << 20,
                Vm.Firmware.BIOS,
                null,
                "",
                PowerState.STOPPED,
                null,
                null);
    }

    private void observe(UUID hostId, UUID vmId, DomainState state, long sequence) {
        observations.domain(
                hostId, new DomainObservation(vmId, state, "USER", false, "agent-1", sequence, clock.instant()));
    }

    private static HostReport report(long sequence, String address) {
        return new HostReport(
                "boot-1",
                "agent-1",
                sequence,
                Instant.parse("2026-11-22T12:00:00.123456Z"),
                "0.1.0",
                "node",
                "6.18",
                "9.0.0",
                "7.2.0",
                4,
                "qemu64",
                8L << 30,
                "TCG",
                List.of("network.vxlan"),
                List.of(new Host.Condition("KVM_NOT_USABLE", "no flags")),
                "127.0.0.1:1",
                address);
    }

    @Test
    void a_host_enrols_reports_goes_into_maintenance_and_comes_back() {
        Host host = host("inv-host-1");
        assertThat(host.observed().status()).isEqualTo(HostStatus.CONNECTING);

        observations.hostDescribed(host.id(), report(5, host.migrationAddress()));
        observations.hostDescribed(host.id(), report(4, "192.0.2.78"));
        observations.hostStatus(host.id(), HostStatus.UP, "");

        JsonNode shown = api.get("/hosts/" + host.id()).json();
        assertThat(shown.path("status").asString()).isEqualTo("UP");
        assertThat(shown.path("memoryMiB").asLong()).isEqualTo(8192);
        assertThat(shown.path("conditions")).hasSize(1);
        assertThat(shown.path("conditions").path(0).path("code").asString()).isEqualTo("KVM_NOT_USABLE");
        assertThat(shown.path("reserved").path("vms").asInt()).isZero();
        assertThat(shown.path("statistics").isNull()).isTrue();

        Answer tried = api.post("/hosts/" + host.id() + "/maintenance?dryRun=true", "");
        assertThat(tried.json().path("maintenance").asBoolean()).isTrue();
        assertThat(hosts.require(host.id()).maintenance()).isFalse();

        Answer put = api.post("/hosts/" + host.id() + "/maintenance", "", "If-Match", "\"0\"");
        assertThat(put.status()).isEqualTo(200);
        assertThat(put.json().path("status").asString()).isEqualTo("MAINTENANCE");
        assertThat(put.header("ETag")).isEqualTo("\"1\"");
        assertThat(api.post("/hosts/" + host.id() + "/activate", "", "If-Match", "\"0\"")
                        .code())
                .isEqualTo("STALE_VERSION");

        observations.hostStatus(host.id(), HostStatus.CONNECTING, "");
        observations.hostStatus(host.id(), HostStatus.UP, "");
        assertThat(hosts.require(host.id()).observed().status()).isEqualTo(HostStatus.MAINTENANCE);
        assertThat(api.post("/hosts/" + host.id() + "/activate", "")
                        .json()
                        .path("status")
                        .asString())
                .isEqualTo("UP");
    }

    @Test
    void an_agent_does_not_change_its_hosts_addresses_by_its_own_word() {
        Host host = host("inv-host-moved");
        observations.hostDescribed(host.id(), report(1, host.migrationAddress()));

        observations.hostDescribed(host.id(), report(2, "192.0.2.201"));
        observations.hostDescribed(host.id(), report(3, "192.0.2.201"));
        observations.hostDescribed(host.id(), report(4, "192.0.2.202"));

        JsonNode shown = api.get("/hosts/" + host.id()).json();
        assertThat(shown.path("migrationAddress").asString()).isEqualTo(host.migrationAddress());
        assertThat(shown.path("conditions").path(1).path("code").asString()).isEqualTo("HOST_ADDRESS_REFUSED");
        assertThat(shown.path("conditions").path(1).path("message").asString()).contains("192.0.2.202");
        assertThat(refusedClaims(
                        "SELECT data ->> 'migrationAddress' FROM event WHERE code = 'HOST_ADDRESS_REFUSED'"
                                + " AND object_id = CAST(:host AS uuid) ORDER BY id",
                        host))
                .containsExactly("192.0.2.201", "192.0.2.202");
        assertThat(refusedClaims(
                        "SELECT detail ->> 'migrationAddress' FROM audit_record WHERE action = 'host.change-address'"
                                + " AND outcome = 'REFUSED' AND object_id = :host ORDER BY id",
                        host))
                .containsExactly("192.0.2.201", "192.0.2.202");

        observations.hostDescribed(host.id(), report(5, host.migrationAddress()));
        assertThat(hosts.require(host.id()).observed().conditions()).hasSize(1);
    }

    private List<Object> refusedClaims(String sql, Host host) {
        return jdbc.sql(sql)
                .param("host", host.id().toString())
                .query((row, number) -> row.getObject(1))
                .list();
    }

    @Test
    void a_host_with_a_running_vm_does_not_go_into_maintenance() {
        Host host = host("inv-host-2");
        Vm vm = vms.create(draft("inv-on-host-2"));
        observe(host.id(), vm.id(), DomainState.RUNNING, 1);

        Answer refused = api.post("/hosts/" + host.id() + "/maintenance", "");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("OBJECT_IN_USE");
        assertThat(refused.json().path("detail").asString()).contains("inv-on-host-2");
        observe(host.id(), vm.id(), DomainState.GONE, 2);
        assertThat(api.post("/hosts/" + host.id() + "/maintenance", "").status())
                .isEqualTo(200);
    }

    @Test
    void two_hosts_of_one_name_cannot_be() {
        host("inv-host-3");
        assertThatThrownBy(() -> host("inv-host-3"))
                .isInstanceOfSatisfying(
                        MesetaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NAME_TAKEN));
    }

    @Test
    void of_many_that_ask_for_one_name_at_once_one_gets_it() throws InterruptedException {
        List<Callable<Vm>> attempts = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            attempts.add(() -> vms.create(draft("inv-raced")));
        }
        int won = 0;
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var attempt : threads.invokeAll(attempts)) {
                try {
                    attempt.get();
                    won++;
                } catch (ExecutionException e) {
                    assertThat(e.getCause())
                            .isInstanceOfSatisfying(
                                    MesetaException.class,
                                    refused -> assertThat(refused.code()).isEqualTo(ErrorCode.NAME_TAKEN));
                }
            }
        }
        assertThat(won).isEqualTo(1);
    }

    @Test
    void a_vm_is_changed_shown_and_removed() {
        Vm vm = vms.create(draft("inv-vm-1"));
        vms.setActivity(vm.id(), VmStatus.STARTING);
        assertThat(vms.require(vm.id()).version())
                .as("what tasks do is no new version")
                .isZero();

        Answer running = api.patch("/vms/" + vm.id(), "{\"vcpus\":4}", "If-Match", "\"0\"");
        assertThat(running.status()).isEqualTo(422);
        assertThat(running.code()).isEqualTo("VM_RUNNING");
        vms.setActivity(vm.id(), null);

        Answer dry = api.patch("/vms/" + vm.id() + "?dryRun=true", "{\"vcpus\":4}", "If-Match", "\"0\"");
        assertThat(dry.json().path("vcpus").asInt()).isEqualTo(4);
        Answer changed = api.patch("/vms/" + vm.id(), "{\"vcpus\":4,\"memoryMiB\":1024}", "If-Match", "\"0\"");
        assertThat(changed.status()).isEqualTo(200);
        assertThat(changed.json().path("memoryMiB").asLong()).isEqualTo(1024);
        assertThat(changed.json().path("taskId").isNull()).isTrue();
        assertThat(changed.header("ETag")).isEqualTo("\"1\"");

        vms.remove(vm.id());
        assertThat(api.get("/vms/" + vm.id()).status()).isEqualTo(404);
    }

    @Test
    void a_snapshot_of_a_host_takes_down_what_is_no_longer_there() {
        Host host = host("inv-host-4");
        observations.hostDescribed(host.id(), report(1, host.migrationAddress()));
        Vm there = vms.create(draft("inv-there"));
        Vm missing = vms.create(draft("inv-missing"));
        observe(host.id(), there.id(), DomainState.RUNNING, 1);
        observe(host.id(), missing.id(), DomainState.RUNNING, 2);
        observations.hostLost(host.id(), "no answer for 30 s");
        assertThat(vms.require(there.id()).status()).isEqualTo(VmStatus.UNKNOWN);

        observations.snapshot(
                host.id(),
                List.of(new DomainObservation(
                        there.id(), DomainState.RUNNING, "USER", false, "agent-1", 3, clock.instant())));

        assertThat(vms.require(there.id()).status()).isEqualTo(VmStatus.UP);
        assertThat(vms.require(missing.id()).observed().isMissing()).isTrue();
        assertThat(missingVms.since(clock.instant())).extracting(Vm::name).containsExactly("inv-missing");
        assertThat(missingVms.since(clock.instant().minusSeconds(60))).isEmpty();
        missingVms.confirm(missing.id(), host.id());
        assertThat(vms.require(missing.id()).observed().status()).isEqualTo(VmStatus.DOWN);
        assertThat(missingVms.since(clock.instant())).isEmpty();
        assertThat(vms.onHost(host.id())).extracting(Vm::name).containsExactly("inv-there");
    }

    @Test
    void what_is_shown_where_it_is_not_meant_to_be_is_asked_after_and_found() {
        Host meant = host("inv-host-meant");
        Host shown = host("inv-host-shown");
        observations.hostDescribed(shown.id(), report(1, shown.migrationAddress()));
        Vm vm = vms.create(draft("inv-misplaced"));
        vms.setHost(vm.id(), meant.id());
        observe(shown.id(), vm.id(), DomainState.RUNNING, 1);

        assertThat(missingVms.misplaced(clock.instant().minusSeconds(60))).isEmpty();
        assertThat(missingVms.misplaced(clock.instant())).extracting(Vm::name).containsExactly("inv-misplaced");
        missingVms.isNotAt(vm.id(), meant.id());
        assertThat(vms.require(vm.id()).observed().hostId()).isEqualTo(shown.id());
        missingVms.isNotAt(vm.id(), shown.id());
        assertThat(vms.require(vm.id()).observed().isMissing()).isTrue();
        missingVms.found(vm.id(), shown.id(), VmStatus.UP);
        assertThat(vms.require(vm.id()).observed().isMissing()).isTrue();
        missingVms.found(vm.id(), meant.id(), VmStatus.UP);
        assertThat(vms.require(vm.id()).status()).isEqualTo(VmStatus.UP);
        assertThat(vms.require(vm.id()).observed().hostId()).isEqualTo(meant.id());
        assertThat(missingVms.misplaced(clock.instant())).isEmpty();
    }

    @Test
    void what_is_down_and_should_run_or_holds_a_place_is_unsettled() {
        Vm wanted = vms.create(draft("inv-wanted"));
        vms.setDesiredPower(wanted.id(), PowerState.RUNNING);
        Vm placed = vms.create(draft("inv-placed"));
        vms.setHost(placed.id(), host("inv-host-7").id());
        Vm busy = vms.create(draft("inv-busy"));
        vms.setDesiredPower(busy.id(), PowerState.RUNNING);
        vms.setActivity(busy.id(), VmStatus.STARTING);
        Vm settled = vms.create(draft("inv-settled"));
        assertThat(vms.unsettled())
                .extracting(Vm::id)
                .contains(wanted.id(), placed.id())
                .doesNotContain(busy.id(), settled.id());
        List.of(wanted, placed, busy).forEach(vm -> {
            vms.setDesiredPower(vm.id(), PowerState.STOPPED);
            vms.setHost(vm.id(), null);
        });
    }

    @Test
    void what_a_former_agent_says_comes_too_late() {
        Host host = host("inv-host-5");
        Vm vm = vms.create(draft("inv-late"));
        observations.hostDescribed(host.id(), report(1, host.migrationAddress()));
        observe(host.id(), vm.id(), DomainState.RUNNING, 2);
        for (DomainState state : List.of(DomainState.GONE, DomainState.PAUSED)) {
            var late = new DomainObservation(vm.id(), state, "CRASHED", false, "agent-0", 99, clock.instant());
            observations.domain(host.id(), late);
            observations.snapshot(host.id(), List.of(late));
        }
        assertThat(vms.require(vm.id()).status()).isEqualTo(VmStatus.UP);
    }

    @Test
    void a_domain_that_meseta_did_not_make_is_shown_left_alone_and_gone_with_its_domain() {
        Host host = host("inv-host-6");
        observations.hostDescribed(host.id(), report(1, host.migrationAddress()));
        Vm own = vms.create(draft("inv-own"));
        UUID foreign = UUID.randomUUID();
        UUID sameName = UUID.randomUUID();
        observations.snapshot(host.id(), List.of(external(foreign, "their vm", 1), external(sameName, "inv-own", 2)));

        JsonNode shown = api.get("/vms/" + foreign).json();
        assertThat(shown.path("name").asString()).isEqualTo("their vm");
        assertThat(shown.path("external").asBoolean()).isTrue();
        assertThat(shown.path("status").asString()).isEqualTo("UP");
        assertThat(shown.path("hostId").asString()).isEqualTo(host.id().toString());
        assertThat(shown.path("memoryMiB").asLong()).isEqualTo(2048);
        assertThat(api.get("/vms/" + sameName).json().path("name").asString())
                .isEqualTo("inv-own-" + sameName.toString().substring(0, 8));
        assertThat(api.get("/vms?q=external:yes").json().path("items")).hasSize(2);
        assertThat(api.get("/vms/" + own.id()).json().path("external").asBoolean())
                .isFalse();

        for (String verb : List.of("start", "stop", "reboot", "pause", "resume", "migrate")) {
            Answer refused = api.post("/vms/" + foreign + "/" + verb, "");
            assertThat(refused.code()).as(verb).isEqualTo("VM_EXTERNAL");
            assertThat(refused.status()).as(verb).isEqualTo(422);
        }
        assertThat(api.patch("/vms/" + foreign, "{\"description\":\"mine\"}", "If-Match", "\"0\"")
                        .code())
                .isEqualTo("VM_EXTERNAL");

        observations.hostLost(host.id(), "no answer");
        assertThat(api.get("/vms/" + foreign).json().path("status").asString()).isEqualTo("UNKNOWN");
        observations.snapshot(host.id(), List.of(external(sameName, "inv-own", 3)));
        assertThat(api.get("/vms/" + foreign).status()).isEqualTo(404);
        observations.domain(
                host.id(),
                new DomainObservation(sameName, DomainState.GONE, "DESTROYED", true, "agent-1", 4, clock.instant()));
        assertThat(api.get("/vms/" + sameName).status()).isEqualTo(404);
    }

    private DomainObservation external(UUID id, String name, long sequence) {
        return new DomainObservation(
                id, DomainState.RUNNING, "USER", true, "agent-1", sequence, clock.instant(), name, 2, 2L << 30);
    }

    @Test
    void vms_of_a_status_are_sorted_by_the_names_they_have_now() {
        Vm first = vms.create(draft("inv-named-1"));
        vms.create(draft("inv-named-2"));
        Vm renamed = Actor.asManager(
                () -> vms.update(first.id(), first.version(), new Vms.VmChange("inv-named-3", null, null, null)));
        assertThat(renamed.name()).isEqualTo("inv-named-3");

        String path = "/vms?q=status:down%20name:inv-named-*&sort=-name&limit=1";
        JsonNode page = api.get(path).json();
        assertThat(page.path("items").path(0).path("name").asString()).isEqualTo("inv-named-3");
        JsonNode next =
                api.get(path + "&cursor=" + page.path("nextCursor").asString()).json();
        assertThat(next.path("items").path(0).path("name").asString()).isEqualTo("inv-named-2");
        assertThat(next.path("nextCursor").isNull()).isTrue();
    }

    @Test
    void lists_are_paged_searched_and_sorted() {
        for (int i = 0; i < 7; i++) {
            vms.create(draft("inv-page-" + i));
        }

        List<String> seen = new ArrayList<>();
        String cursor = "";
        do {
            JsonNode page = api.get("/vms?q=name:inv-page-*&sort=-name&limit=3" + cursor)
                    .json();
            page.path("items").forEach(item -> seen.add(item.path("name").asString()));
            cursor = page.path("nextCursor").isNull()
                    ? ""
                    : "&cursor=" + page.path("nextCursor").asString();
        } while (!cursor.isEmpty());
        assertThat(seen)
                .containsExactly(
                        "inv-page-6",
                        "inv-page-5",
                        "inv-page-4",
                        "inv-page-3",
                        "inv-page-2",
                        "inv-page-1",
                        "inv-page-0");

        JsonNode byTime = api.get("/vms?q=inv-page&sort=createdAt&limit=2").json();
        assertThat(byTime.path("items").path(0).path("name").asString()).isEqualTo("inv-page-0");
        JsonNode next = api.get("/vms?q=inv-page&sort=createdAt&limit=2&cursor="
                        + byTime.path("nextCursor").asString())
                .json();
        assertThat(next.path("items").path(0).path("name").asString()).isEqualTo("inv-page-2");
        assertThat(api.get("/vms?q=status:DOWN%20cluster:default%20INV-PAGE-3")
                        .json()
                        .path("items")
                        .size())
                .isEqualTo(1);
        for (String list :
                List.of("/datacenters", "/clusters", "/hosts", "/networks", "/storage-domains", "/images", "/tasks")) {
            assertThat(api.get(list).json().path("items").isArray()).as(list).isTrue();
            assertThat(api.get(list + "?q=colour:red").code()).as(list).isEqualTo("MALFORMED_REQUEST");
            assertThat(api.get(list + "?sort=colour").code()).as(list).isEqualTo("MALFORMED_REQUEST");
            assertThat(api.get(list + "?limit=0").code()).as(list).isEqualTo("MALFORMED_REQUEST");
            assertThat(api.get(list + "?cursor=x").code()).as(list).isEqualTo("MALFORMED_REQUEST");
        }
        for (String list : List.of("/networks", "/storage-domains")) {
            assertThat(api.get(list + "?q=name:default&sort=-createdAt&limit=1")
                            .json()
                            .path("items"))
                    .as(list)
                    .hasSize(1);
            assertThat(api.get(list + "?q=no-such-name").json().path("items"))
                    .as(list)
                    .isEmpty();
        }
    }
}

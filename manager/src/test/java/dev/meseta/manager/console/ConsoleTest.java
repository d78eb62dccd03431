package dev.meseta.manager.console;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.agents.ConsoleKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.SeededRole;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.Secrets;
import dev.meseta.manager.shared.UuidGenerator;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.transaction.support.TransactionOperations;

/** Tickets and the WebSocket they open, on a whole manager; guests say what the test says. */
@Import(ConsoleTest.Guests.class)
class ConsoleTest extends ManagerIntegrationTest {

    private static final UUID ANOTHER_MANAGER = new UUID(0, 7);

    @Autowired
    private FakeHostConsoles guests;

    @Autowired
    private Vms vms;

    @Autowired
    private Hosts hosts;

    @Autowired
    private Clusters clusters;

    @Autowired
    private UuidGenerator ids;

    @Autowired
    private TransactionOperations transactions;

    private UUID host = new UUID(0, 0);
    private UUID vm = new UUID(0, 0);

    @TestConfiguration(proxyBeanMethods = false)
    static class Guests {

        @Bean
        @Primary
        FakeHostConsoles fakeHostConsoles() {
            return new FakeHostConsoles();
        }
    }

    @BeforeEach
    void aVmRuns() {
        host = newHost();
        vm = newVm();
        runsOn(vm, host);
    }

    @Test
    void a_person_sees_what_the_guest_says_and_the_guest_hears_what_is_typed() throws Exception {
        String ticket = ticket("SERIAL");
        Screen screen = new Screen();
        WebSocket socket = open(api, ticket, screen);
        assertThat(socket.getSubprotocol()).isEqualTo("meseta.console");
        FakeHostConsoles.Opened guest = guests.next();
        assertThat(guest.hostId).isEqualTo(host);
        assertThat(guest.vmId).isEqualTo(vm);
        assertThat(guest.kind).isEqualTo(ConsoleKind.SERIAL);

        guest.guestSays("login: ");
        screen.awaitText("login: ");
        type(socket, "root");
        assertThat(guest.typed()).isEqualTo("root");
        // Longer than any buffer on the way.
        String pasted = "x".repeat(100_000);
        type(socket, pasted);
        StringBuilder heard = new StringBuilder();
        while (heard.length() < pasted.length()) {
            heard.append(guest.typed());
        }
        assertThat(heard.toString()).isEqualTo(pasted);

        guest.end();
        assertThat(screen.closeReason()).isEqualTo("CONSOLE_CLOSED");
        String log = api.get("/audit/export").text();
        assertThat(log)
                .contains("console.opened")
                .contains("\"bytesShown\":7")
                .contains("\"bytesTyped\":100004")
                .doesNotContain(ticket)
                .doesNotContain("login: ");
    }

    @Test
    void the_console_ends_when_the_person_goes() throws Exception {
        WebSocket socket = open(api, ticket("VNC"), new Screen());
        FakeHostConsoles.Opened guest = guests.next();
        socket.sendClose(WebSocket.NORMAL_CLOSURE, "").join();
        await(guest::isEnded);
    }

    @Test
    void a_ticket_opens_once() throws Exception {
        String ticket = ticket("VNC");
        List<Screen> screens = new ArrayList<>();
        List<CompletableFuture<WebSocket>> attempts = new ArrayList<>();
        for (int attempt = 0; attempt < 8; attempt++) {
            Screen screen = new Screen();
            screens.add(screen);
            attempts.add(api.socket("/console", screen, protocols(ticket)));
        }
        attempts.forEach(CompletableFuture::join);
        FakeHostConsoles.Opened guest = guests.next();
        guest.guestSays("one");
        int refused = 0;
        int opened = 0;
        guest.end();
        for (Screen screen : screens) {
            switch (screen.closeReason()) {
                case "CONSOLE_TICKET_INVALID" -> refused++;
                case "CONSOLE_CLOSED" -> opened++;
                default -> throw new AssertionError(screen.closeReason());
            }
        }
        assertThat(opened).isEqualTo(1);
        assertThat(refused).isEqualTo(7);
        assertThat(guests.nobodyOpened()).isTrue();
    }

    @Test
    void a_ticket_runs_out_and_goes_with_its_vm() throws Exception {
        String late = ticket("VNC");
        jdbc.sql("UPDATE console_ticket SET expires_at = now() - interval '1 second'")
                .update();
        assertThat(refusal(api, late)).isEqualTo("CONSOLE_TICKET_INVALID");

        String orphan = ticket("VNC");
        jdbc.sql("DELETE FROM vm WHERE id = :vm").param("vm", vm).update();
        assertThat(refusal(api, orphan)).isEqualTo("CONSOLE_TICKET_INVALID");
        assertThat(refusal(api, "made-up")).isEqualTo("CONSOLE_TICKET_INVALID");
    }

    @Test
    void a_ticket_is_of_no_use_to_somebody_else_and_stays_good_for_its_owner() throws Exception {
        String ticket = ticket("VNC");
        assertThat(refusal(somebodyElse(), ticket)).isEqualTo("CONSOLE_TICKET_INVALID");
        WebSocket socket = open(api, ticket, new Screen());
        FakeHostConsoles.Opened guest = guests.next();
        assertThat(socket.isOutputClosed()).isFalse();
        guest.end();
        assertThat(api.get("/audit/export").text())
                .contains("\"outcome\":\"REFUSED\"")
                .contains("CONSOLE_TICKET_INVALID");
    }

    @Test
    void a_ticket_is_of_no_use_in_another_session_of_the_same_person() throws Exception {
        ApiClient one = signedIn("127.0.3.2");
        ApiClient other = signedIn("127.0.3.3");
        String ticket = one.post(
                        "/vms/" + vm + "/console", "{\"kind\":\"VNC\"}", "X-XSRF-TOKEN", one.cookie("XSRF-TOKEN"))
                .json()
                .path("ticket")
                .asString();
        assertThat(refusal(other, ticket)).isEqualTo("CONSOLE_TICKET_INVALID");
        assertThat(refusal(api, ticket)).isEqualTo("CONSOLE_TICKET_INVALID");
        WebSocket unused = open(one, ticket, new Screen());
        guests.next().end();
    }

    @Test
    void the_log_tells_of_the_opening_first_and_of_who_was_not_let_in() throws Exception {
        for (int opening = 0; opening < 5; opening++) {
            Screen screen = new Screen();
            WebSocket unused = open(api, ticket("SERIAL"), screen);
            guests.next().end();
            assertThat(screen.closeReason()).isEqualTo("CONSOLE_CLOSED");
        }
        assertThat(handshake(anonymousAt("127.0.3.4"), "made-up")).isEqualTo(401);
        List<String> told = new ArrayList<>();
        jdbc.sql("SELECT action FROM audit_record WHERE object_id = :vm AND action LIKE 'console.%' ORDER BY id")
                .param("vm", vm.toString())
                .query(row -> {
                    told.add(row.getString("action"));
                });
        assertThat(told).hasSize(10);
        for (int opening = 0; opening < 10; opening += 2) {
            assertThat(told.subList(opening, opening + 2)).containsExactly("console.opened", "console.closed");
        }
        assertThat(api.get("/audit/export").text())
                .contains("GET /api/v1/console")
                .contains("127.0.3.4");
    }

    @Test
    void a_ticket_follows_its_vm_and_an_open_console_says_that_it_has_moved() throws Exception {
        Screen before = new Screen();
        WebSocket unused = open(api, ticket("SERIAL"), before);
        FakeHostConsoles.Opened source = guests.next();
        String ticket = ticket("SERIAL");
        UUID target = newHost();
        runsOn(vm, target);
        source.end();
        assertThat(before.closeReason()).isEqualTo("CONSOLE_MOVED");

        assertThat(open(api, ticket, new Screen()).isOutputClosed()).isFalse();
        FakeHostConsoles.Opened moved = guests.next();
        assertThat(moved.hostId).isEqualTo(target);
        moved.end();
    }

    @Test
    void a_console_ends_with_its_vm() throws Exception {
        Screen screen = new Screen();
        WebSocket unused = open(api, ticket("SERIAL"), screen);
        FakeHostConsoles.Opened guest = guests.next();
        jdbc.sql("UPDATE vm SET host_id = NULL WHERE id = :vm").param("vm", vm).update();
        jdbc.sql("UPDATE vm_observed SET status = 'DOWN', host_id = NULL WHERE vm_id = :vm")
                .param("vm", vm)
                .update();
        guest.end();
        assertThat(screen.closeReason()).isEqualTo("CONSOLE_VM_STOPPED");
    }

    @Test
    void a_console_ends_with_the_session_it_was_opened_in() throws Exception {
        ApiClient browser = signedIn("127.0.3.5");
        String csrf = browser.cookie("XSRF-TOKEN");
        String ticket = browser.post("/vms/" + vm + "/console", "{\"kind\":\"VNC\"}", "X-XSRF-TOKEN", csrf)
                .json()
                .path("ticket")
                .asString();
        Screen screen = new Screen();
        WebSocket unused = open(browser, ticket, screen);
        FakeHostConsoles.Opened guest = guests.next();
        assertThat(browser.post("/auth/logout", "", "X-XSRF-TOKEN", csrf).status())
                .isEqualTo(204);
        assertThat(screen.closeReason()).isEqualTo("CONSOLE_SIGNED_OUT");
        assertThat(guest.isEnded()).isTrue();
    }

    @Test
    void a_console_ends_when_its_watcher_may_not_open_it_any_more() throws Exception {
        UUID watcher = somebody(SeededRole.USER_WITH_CONSOLE);
        ApiClient client = as(watcher);
        String ticket = client.post("/vms/" + vm + "/console", "{\"kind\":\"SERIAL\"}")
                .json()
                .path("ticket")
                .asString();
        Screen screen = new Screen();
        WebSocket unused = open(client, ticket, screen);
        FakeHostConsoles.Opened guest = guests.next();
        guest.guestSays("login: ");
        screen.awaitText("login: ");
        String second = client.post("/vms/" + vm + "/console", "{\"kind\":\"VNC\"}")
                .json()
                .path("ticket")
                .asString();

        // Not the role goes: its permission is denied on this VM alone.
        ApiClient.Answer denied = api.post(
                "/grants",
                "{\"userId\":\"%s\",\"roleId\":\"%s\",\"scopeKind\":\"VM\",\"scopeId\":\"%s\",\"effect\":\"DENY\"}"
                        .formatted(watcher, consoleOnly(), vm));
        assertThat(denied.status()).as(denied.text()).isEqualTo(201);

        assertThat(screen.closeReason()).isEqualTo("CONSOLE_SIGNED_OUT");
        assertThat(guest.isEnded()).isTrue();
        // Nor does a ticket from before open another.
        assertThat(refusal(client, second)).isEqualTo("FORBIDDEN");
        assertThat(client.get("/vms/" + vm).status()).isEqualTo(200);
    }

    private String consoleOnly() {
        return api.post("/roles", "{\"name\":\"console-%s\",\"permissions\":[\"VM_CONSOLE\"]}".formatted(ids.next()))
                .json()
                .path("id")
                .asString();
    }

    @Test
    void strangers_and_other_sites_do_not_get_as_far_as_the_ticket() {
        String ticket = ticket("VNC");
        assertThat(handshake(anonymousAt("127.0.3.1"), ticket)).isEqualTo(401);
        assertThat(handshake(api, ticket, "Origin", "https://evil.example")).isEqualTo(403);
        assertThat(handshake(api, ticket, "Origin", "null")).isEqualTo(403);
        assertThatThrownBy(() -> api.socket("/console", new Screen(), List.of("meseta.console"))
                        .join())
                .isInstanceOf(CompletionException.class);
        assertThat(guests.nobodyOpened()).isTrue();
    }

    @Test
    void only_vms_that_run_have_consoles() {
        UUID down = newVm();
        String path = "/vms/" + down + "/console";
        ApiClient.Answer refused = api.post(path, "{\"kind\":\"VNC\"}");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.code()).isEqualTo("VM_NOT_RUNNING");
        assertThat(api.post("/vms/" + ids.next() + "/console", "{\"kind\":\"VNC\"}")
                        .status())
                .isEqualTo(404);
        for (String body : List.of("{}", "{\"kind\":null}", "{\"kind\":\"SPICE\"}", "[]", "x")) {
            assertThat(api.post(path, body).status()).as(body).isEqualTo(400);
        }
        jdbc.sql("UPDATE vm SET external = true WHERE id = :vm").param("vm", vm).update();
        assertThat(api.post("/vms/" + vm + "/console", "{\"kind\":\"VNC\"}").code())
                .isEqualTo("VM_EXTERNAL");
    }

    @Test
    void nobody_has_more_consoles_open_than_fit_on_a_desk() throws Exception {
        List<FakeHostConsoles.Opened> open = new ArrayList<>();
        for (int number = 0; number < 20; number++) {
            WebSocket unused = open(api, ticket("VNC"), new Screen());
            open.add(guests.next());
        }
        assertThat(refusal(api, ticket("VNC"))).isEqualTo("TOO_MANY_REQUESTS");
        open.forEach(FakeHostConsoles.Opened::end);
    }

    private ApiClient signedIn(String address) {
        ApiClient browser = anonymousAt(address);
        ApiClient.Answer answer = browser.post(
                "/auth/login", "{\"username\":\"admin\",\"password\":\"%s\"}".formatted(secret("admin.password")));
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return browser;
    }

    private String ticket(String kind) {
        ApiClient.Answer answer = api.post("/vms/" + vm + "/console", "{\"kind\":\"%s\"}".formatted(kind));
        assertThat(answer.status()).as(answer.text()).isEqualTo(201);
        assertThat(answer.header("Cache-Control")).contains("no-store");
        return answer.json().path("ticket").asString();
    }

    private static List<String> protocols(String ticket) {
        return List.of("meseta.console", "meseta.ticket." + ticket);
    }

    private static WebSocket open(ApiClient client, String ticket, Screen screen) {
        return client.socket("/console", screen, protocols(ticket)).join();
    }

    /** The reason with which a ticket is refused. */
    private String refusal(ApiClient client, String ticket) throws InterruptedException {
        Screen screen = new Screen();
        WebSocket unused = open(client, ticket, screen);
        String reason = screen.closeReason();
        assertThat(guests.nobodyOpened()).isTrue();
        return reason;
    }

    /** The status of a handshake that fails. */
    private static int handshake(ApiClient client, String ticket, String... headers) {
        try {
            WebSocket opened = client.socket("/console", new Screen(), protocols(ticket), headers)
                    .join();
            throw new AssertionError("it was opened: " + opened);
        } catch (CompletionException e) {
            if (e.getCause() instanceof WebSocketHandshakeException refused) {
                return refused.getResponse().statusCode();
            }
            throw e;
        }
    }

    private static void type(WebSocket socket, String text) {
        socket.sendBinary(ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8)), true)
                .join();
    }

    private static void await(java.util.function.BooleanSupplier condition) {
        long giveUp = System.nanoTime() + 20_000_000_000L;
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).isLessThan(giveUp);
            Thread.onSpinWait();
        }
    }

    private ApiClient somebodyElse() {
        return as(somebody(SeededRole.OPERATOR));
    }

    private ApiClient as(UUID user) {
        return anonymous().withHeader("Authorization", "Bearer meseta_" + user);
    }

    private UUID somebody(SeededRole role) {
        UUID user = ids.next();
        String token = "meseta_" + user;
        jdbc.sql("INSERT INTO user_account (id, name, password_hash, created_at) VALUES (:id, :name, 'x', now())")
                .param("id", user)
                .param("name", "user-" + user)
                .update();
        jdbc.sql("INSERT INTO api_token (id, user_id, name, hash, created_at) VALUES (:id, :id, 't', :hash, now())")
                .param("id", user)
                .param("hash", Secrets.hash(token))
                .update();
        jdbc.sql("""
                        INSERT INTO access_grant (id, user_id, role_id, scope_kind, scope_id, effect, created_by, created_at)
                        VALUES (:id, :id, :role, 'SYSTEM', :system, 'ALLOW', 'test', now())""")
                .param("id", user)
                .param("role", role.id())
                .param("system", ObjectRef.SYSTEM.id())
                .update();
        return user;
    }

    /** One that another manager watches, so that this one does not look for its agent. */
    private UUID newHost() {
        UUID id = ids.next();
        jdbc.sql("""
                        INSERT INTO manager_member (id, incarnation, address, started_at, heartbeat_at, lease_until, term_seen)
                        VALUES (:id, 1, 'nowhere', now(), now(), 'infinity', 1) ON CONFLICT DO NOTHING""").param("id", ANOTHER_MANAGER).update();
        transactions.executeWithoutResult(status -> {
            hosts.register(id, clusters.defaultCluster().id(), "host-" + id, "127.0.0.1:1", "192.0.2.1");
            jdbc.sql(
                            "INSERT INTO host_ownership (host_id, epoch, manager_id, incarnation) VALUES (:host, 1, :other, 1)")
                    .param("host", id)
                    .param("other", ANOTHER_MANAGER)
                    .update();
        });
        return id;
    }

    private UUID newVm() {
        return vms.create(new Vms.NewVm(
                        ids.next(),
                        clusters.defaultCluster().id(),
                        "console-" + ids.next(),
                        "",
                        1,
                        64L << 20,
                        Vm.Firmware.BIOS,
                        null,
                        "",
                        PowerState.STOPPED,
                        null,
                        null))
                .id();
    }

    private void runsOn(UUID vmId, UUID hostId) {
        vms.setHost(vmId, hostId);
        jdbc.sql("UPDATE vm_observed SET status = 'UP', host_id = :host WHERE vm_id = :vm")
                .param("vm", vmId)
                .param("host", hostId)
                .update();
    }
}

package dev.meseta.manager;

import static org.assertj.core.api.Assertions.assertThat;

import com.hazelcast.core.Hazelcast;
import com.hazelcast.core.HazelcastInstance;
import dev.meseta.manager.agents.HostStatistics;
import dev.meseta.manager.agents.internal.Samples;
import dev.meseta.manager.console.Screen;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.UuidGenerator;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionOperations;
import org.springframework.transaction.support.TransactionTemplate;

/** Three whole managers on one database. Two hear each other; the third is cut off from them. */
@Tag("integration")
class ManagersTogetherTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The longest time after which an event is found that nobody was told of, and a little more. */
    private static final Duration UNTOLD = Duration.ofSeconds(6);

    @TempDir
    private static Path folder;

    private static final TestPostgres.Database DATABASE = TestPostgres.create();
    private static final List<Manager> STARTED = new ArrayList<>();
    private static Optional<Manager> first = Optional.empty();
    private static Optional<Manager> second = Optional.empty();
    private static Optional<Manager> cutOff = Optional.empty();

    /** A whole manager. */
    private static final class Manager implements AutoCloseable {
        private final Path state;
        private final ConfigurableApplicationContext context;

        Manager(String name, boolean talks) {
            state = folder.resolve(name);
            context = new SpringApplicationBuilder(ManagerApplication.class)
                    .run(
                            "--meseta.state-dir=" + state,
                            "--meseta.sealing-key-file=" + folder.resolve("sealing.key"),
                            "--meseta.public-address=127.0.0.1",
                            "--meseta.grpc.listen=127.0.0.1:0",
                            "--meseta.membership.talk=" + talks,
                            "--server.port=0",
                            // The database of the tests has only so many connections for all of them.
                            "--spring.datasource.hikari.maximum-pool-size=6",
                            "--meseta.database.url=" + DATABASE.jdbcUrl(),
                            "--meseta.database.username=" + DATABASE.username(),
                            "--meseta.database.password=" + DATABASE.password());
            STARTED.add(this);
        }

        /** Without a credential. */
        ApiClient nobody() {
            return new ApiClient(
                    context.getEnvironment().getRequiredProperty("local.server.port", Integer.class),
                    state.resolve("ca.pem"));
        }

        ApiClient nobodyAt(String address) {
            return new ApiClient(
                    context.getEnvironment().getRequiredProperty("local.server.port", Integer.class),
                    state.resolve("ca.pem"),
                    InetAddress.ofLiteral(address));
        }

        ApiClient api() {
            try {
                return nobody().withHeader(
                                "Authorization",
                                "Bearer "
                                        + Files.readString(state.resolve("admin.token"))
                                                .strip());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        EventStream stream(String... headers) {
            return new EventStream(api().stream("/events/stream", headers));
        }

        EventPublisher events() {
            return context.getBean(EventPublisher.class);
        }

        UUID newId() {
            return context.getBean(UuidGenerator.class).next();
        }

        double gauge(String name) {
            return context.getBean(MeterRegistry.class).get(name).gauge().value();
        }

        double late() {
            return context.getBean(MeterRegistry.class)
                    .get("meseta.events.late")
                    .counter()
                    .count();
        }

        @Override
        public void close() {
            context.close();
        }
    }

    @BeforeAll
    static void start() {
        first = Optional.of(new Manager("first", true));
        second = Optional.of(new Manager("second", true));
        cutOff = Optional.of(new Manager("cut-off", false));
        awaitTogether();
    }

    @AfterAll
    static void stop() {
        STARTED.forEach(Manager::close);
    }

    private static Manager first() {
        return first.orElseThrow();
    }

    private static Manager second() {
        return second.orElseThrow();
    }

    private static Manager cutOff() {
        return cutOff.orElseThrow();
    }

    private static void awaitTogether() {
        await(
                "the two to hear each other",
                () -> first().gauge("meseta.topics.members") == 2 && second().gauge("meseta.topics.members") == 2);
    }

    private static void await(String what, BooleanSupplier condition) {
        long giveUp = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            assertThat(System.nanoTime()).as(what).isLessThan(giveUp);
            LockSupport.parkNanos(20_000_000);
        }
    }

    @Test
    void an_event_of_one_is_in_the_streams_of_all_also_of_one_that_is_cut_off() throws IOException {
        UUID object = first().newId();
        try (EventStream here = first().stream();
                EventStream there = second().stream();
                EventStream apart = cutOff().stream()) {
            here.next();
            there.next();
            apart.next();
            long published = System.nanoTime();
            first().events().publish(EventDraft.changed("vm", object));

            String id = here.about(object).id();
            assertThat(there.about(object).id()).isEqualTo(id);
            Duration told = Duration.ofNanos(System.nanoTime() - published);
            assertThat(apart.about(object).id()).isEqualTo(id);
            Duration untold = Duration.ofNanos(System.nanoTime() - published);
            System.out.printf(
                    "An event reached the other manager after %d ms, the one that is cut off after %d ms%n",
                    told.toMillis(), untold.toMillis());
            assertThat(untold).isLessThan(UNTOLD);
        }
    }

    @Test
    void what_two_managers_store_at_once_is_in_every_stream_once_and_in_one_order() throws Exception {
        int eachThread = 150;
        UUID object = first().newId();
        try (EventStream here = first().stream();
                EventStream there = second().stream();
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            here.next();
            there.next();
            List<Future<Integer>> writers = new ArrayList<>();
            for (int thread = 0; thread < 4; thread++) {
                Manager manager = thread % 2 == 0 ? first() : second();
                var random = new Random(thread);
                writers.add(threads.submit(() -> write(manager, object, eachThread, random)));
            }
            int written = 0;
            for (Future<Integer> writer : writers) {
                written += writer.get(60, TimeUnit.SECONDS);
            }
            List<Long> seenHere = idsOf(here, object, written);
            List<Long> seenThere = idsOf(there, object, written);
            assertThat(seenHere).doesNotHaveDuplicates();
            assertThat(seenThere).containsExactlyInAnyOrderElementsOf(seenHere);
            // On a machine that stands still for a second in mid-transaction, one may be shown late.
            if (first().late() + second().late() == 0) {
                assertThat(seenHere).isSorted();
                assertThat(seenThere).isEqualTo(seenHere);
            }
        }
    }

    /** Some of the transactions are undone. */
    private static int write(Manager manager, UUID object, int transactions, Random random) {
        var template = new TransactionTemplate(manager.context.getBean(PlatformTransactionManager.class));
        int written = 0;
        for (int i = 0; i < transactions; i++) {
            boolean undone = random.nextInt(5) == 0;
            template.executeWithoutResult(status -> {
                manager.events().publish(EventDraft.changed("vm", object));
                if (random.nextInt(10) == 0) {
                    LockSupport.parkNanos(5_000_000);
                }
                if (undone) {
                    status.setRollbackOnly();
                }
            });
            written += undone ? 0 : 1;
        }
        return written;
    }

    private static List<Long> idsOf(EventStream stream, UUID object, int count) throws IOException {
        List<Long> ids = new ArrayList<>();
        while (ids.size() < count) {
            ids.add(Long.parseLong(stream.about(object).id()));
        }
        return ids;
    }

    @Test
    void what_is_only_shown_is_shown_by_both() throws IOException {
        UUID task = first().newId();
        try (EventStream there = second().stream()) {
            there.next();
            first().events().publishVolatile("task.progress", "task", task, Map.of("percent", 40, "rate", 1.5));
            assertThat(there.about(task).data()).contains("\"percent\":40").contains("\"rate\":1.5");
        }
    }

    @Test
    void statistics_of_a_host_are_known_to_the_manager_that_does_not_watch_it() {
        UUID host = first().newId();
        var sample = new HostStatistics.Sample(Instant.parse("2026-11-22T12:00:00Z"), 12.5, 1L << 30, 2L << 30);

        Samples.accept(first().context, host, sample);
        HostStatistics there = second().context.getBean(HostStatistics.class);
        await("the sample to arrive", () -> there.latest(host).equals(Optional.of(sample)));
        Samples.forget(first().context, host);
        await("the sample to be gone", () -> there.latest(host).isEmpty());
    }

    private static String password() {
        try {
            return Files.readString(first().state.resolve("admin.password")).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ApiClient signIn(Manager manager) {
        ApiClient browser = manager.nobody();
        assertThat(browser.post("/auth/login", "{\"username\":\"admin\",\"password\":\"%s\"}".formatted(password()))
                        .status())
                .isEqualTo(200);
        return browser;
    }

    private static int sessionAt(Manager manager, String secret) {
        return manager.nobody()
                .get("/auth/session", "Cookie", "MESETA_SESSION=" + secret)
                .status();
    }

    @Test
    void who_signs_in_at_one_is_signed_in_at_all_and_stays_so_when_it_ends() {
        ApiClient browser = signIn(second());
        String secret = browser.cookie("MESETA_SESSION");
        assertThat(sessionAt(first(), secret)).isEqualTo(200);
        assertThat(sessionAt(cutOff(), secret)).isEqualTo(200);
        assertThat(sessionAt(first(), "nonsense")).isEqualTo(401);

        Manager mortal = new Manager("mortal", true);
        String survivor = signIn(mortal).cookie("MESETA_SESSION");
        mortal.close();
        assertThat(sessionAt(first(), survivor)).isEqualTo(200);

        assertThat(browser.post("/auth/logout", "", "X-XSRF-TOKEN", browser.cookie("XSRF-TOKEN"))
                        .status())
                .isEqualTo(204);
        assertThat(sessionAt(first(), secret)).isEqualTo(401);
        assertThat(sessionAt(first(), survivor)).isEqualTo(200);
    }

    @Test
    void a_ticket_of_a_console_is_taken_at_any_manager_and_by_one_of_them() throws Exception {
        UUID vm = aVmOnAHostThatNobodyReaches();
        for (Manager other : List.of(second(), cutOff())) {
            ApiClient browser = signIn(first());
            String ticket = browser.post(
                            "/vms/" + vm + "/console",
                            "{\"kind\":\"VNC\"}",
                            "X-XSRF-TOKEN",
                            browser.cookie("XSRF-TOKEN"))
                    .json()
                    .path("ticket")
                    .asString();
            String session = browser.cookie("MESETA_SESSION");
            // The ticket was taken: what is missing is the host.
            assertThat(endOfConsole(other, session, ticket)).isEqualTo("HOST_UNREACHABLE");
            assertThat(endOfConsole(first(), session, ticket)).isEqualTo("CONSOLE_TICKET_INVALID");
        }
    }

    private static String endOfConsole(Manager manager, String session, String ticket) throws InterruptedException {
        Screen screen = new Screen();
        WebSocket unused = manager.nobody()
                .socket(
                        "/console",
                        screen,
                        List.of("meseta.console", "meseta.ticket." + ticket),
                        "Cookie",
                        "MESETA_SESSION=" + session)
                .join();
        return screen.closeReason();
    }

    /** Another manager watches the host, so that none of these looks for its agent. */
    private static UUID aVmOnAHostThatNobodyReaches() {
        ApplicationContext context = first().context;
        JdbcClient jdbc = context.getBean(JdbcClient.class);
        UUID cluster = context.getBean(Clusters.class).defaultCluster().id();
        UUID host = first().newId();
        UUID manager = first().newId();
        context.getBean(TransactionOperations.class).executeWithoutResult(status -> {
            jdbc.sql("""
                            INSERT INTO manager_member (id, incarnation, address, started_at, heartbeat_at, lease_until, term_seen)
                            VALUES (:id, 1, 'nowhere', now(), now(), 'infinity', 1)""").param("id", manager).update();
            context.getBean(Hosts.class).register(host, cluster, "host-" + host, "127.0.0.1:1", "192.0.2.1");
            jdbc.sql(
                            "INSERT INTO host_ownership (host_id, epoch, manager_id, incarnation) VALUES (:host, 1, :manager, 1)")
                    .param("host", host)
                    .param("manager", manager)
                    .update();
        });
        Vms vms = context.getBean(Vms.class);
        UUID vm = vms.create(new Vms.NewVm(
                        first().newId(),
                        cluster,
                        "console-" + host,
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
        vms.setHost(vm, host);
        jdbc.sql("UPDATE vm_observed SET status = 'UP', host_id = :host WHERE vm_id = :vm")
                .param("vm", vm)
                .param("host", host)
                .update();
        return vm;
    }

    @Test
    void who_signs_out_everywhere_at_one_is_signed_out_at_all() {
        ApiClient here = signIn(first());
        String there = signIn(second()).cookie("MESETA_SESSION");
        String apart = signIn(cutOff()).cookie("MESETA_SESSION");
        assertThat(sessionAt(first(), there)).isEqualTo(200);
        assertThat(sessionAt(second(), apart)).isEqualTo(200);

        assertThat(here.post("/sessions/end-all", "", "X-XSRF-TOKEN", here.cookie("XSRF-TOKEN"))
                        .status())
                .isEqualTo(204);
        for (Manager manager : List.of(first(), second(), cutOff())) {
            for (String secret : List.of(here.cookie("MESETA_SESSION"), there, apart)) {
                assertThat(sessionAt(manager, secret)).isEqualTo(401);
            }
        }
    }

    @Test
    void of_two_submissions_of_a_code_at_once_at_two_managers_one_is_let_in() throws Exception {
        ApiClient browser = signIn(first());
        String csrf = browser.cookie("XSRF-TOKEN");
        String secret = browser.post("/account/totp", "", "X-XSRF-TOKEN", csrf)
                .json()
                .path("secret")
                .asString();
        ApiClient.Answer enrolled = browser.post(
                "/account/totp/confirm",
                "{\"code\":\"%s\"}".formatted(AuthenticatorApp.code(secret, -1)),
                "X-XSRF-TOKEN",
                csrf);
        assertThat(enrolled.status()).as(enrolled.text()).isEqualTo(200);
        try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
            String code = AuthenticatorApp.code(secret, 0);
            List<Future<Integer>> both = new ArrayList<>();
            for (Manager manager : List.of(second(), cutOff())) {
                ApiClient client = manager.nobody();
                String pending = client.post(
                                "/auth/login", "{\"username\":\"admin\",\"password\":\"%s\"}".formatted(password()))
                        .json()
                        .path("pending")
                        .asString();
                String step = "{\"pending\":\"%s\",\"totp\":\"%s\"}".formatted(pending, code);
                both.add(threads.submit(() -> client.post("/auth/mfa", step).status()));
            }
            List<Integer> statuses = List.of(both.get(0).get(), both.get(1).get());
            assertThat(statuses).containsExactlyInAnyOrder(200, 403);
        } finally {
            assertThat(browser.send("DELETE", "/account/totp", BodyPublishers.noBody(), "X-XSRF-TOKEN", csrf)
                            .status())
                    .isEqualTo(204);
        }
    }

    @Test
    void what_somebody_asks_of_one_counts_at_the_other_but_not_at_one_that_is_cut_off() {
        awaitTogether();
        String address = "127.0.0.74";
        ApiClient here = first().nobodyAt(address);
        ApiClient there = second().nobodyAt(address);
        // Each of these is worth a hundred common requests, and a second brings back a hundred.
        String dear = "/audit/export";

        await("the first to refuse", () -> here.get(dear).status() == 429);
        await("the second to have heard of it", () -> there.get(dear).status() == 429);
        long begun = System.nanoTime();
        int answered = 0;
        for (int i = 0; i < 40; i++) {
            answered += (i % 2 == 0 ? here : there).get(dear).status() == 429 ? 0 : 1;
        }
        long seconds = TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begun);
        assertThat((long) answered).isLessThanOrEqualTo(2 * seconds + 2);
        assertThat(cutOff().nobodyAt(address).get("/health").status()).isEqualTo(200);
    }

    @Test
    void when_all_that_hazelcast_has_is_destroyed_nothing_is_lost() throws IOException {
        String secret = signIn(first()).cookie("MESETA_SESSION");
        Set<UUID> published = new HashSet<>();
        try (EventStream there = second().stream()) {
            String before = there.next().id();
            for (HazelcastInstance member : List.copyOf(Hazelcast.getAllHazelcastInstances())) {
                member.getLifecycleService().terminate();
            }
            for (int i = 0; i < 20; i++) {
                UUID object = first().newId();
                published.add(object);
                first().events().publish(EventDraft.changed("vm", object));
            }
            for (UUID object : published) {
                // A stream that comes back with what it saw last gets all of them again, wherever it comes back.
                try (EventStream resumed = cutOff().stream("Last-Event-ID", before)) {
                    assertThat(resumed.about(object).kind()).isEqualTo("vm.changed");
                }
            }
            assertThat(sessionAt(second(), secret)).isEqualTo(200);
            Set<UUID> left = new HashSet<>(published);
            while (!left.isEmpty()) {
                String data = there.next().data();
                left.removeIf(object -> data.contains(object.toString()));
            }
        }
        awaitTogether();
        UUID host = first().newId();
        var sample = new HostStatistics.Sample(Instant.EPOCH, 1, 1, 1);
        await("to be heard again", () -> {
            Samples.accept(first().context, host, sample);
            return second().context.getBean(HostStatistics.class).latest(host).isPresent();
        });
    }
}

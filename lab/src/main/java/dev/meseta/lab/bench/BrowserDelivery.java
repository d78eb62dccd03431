package dev.meseta.lab.bench;

import dev.meseta.lab.fleet.FleetClient;
import dev.meseta.lab.stack.Progress;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * From a guest's crash on a simulated host to the moment when its row in the page says so, in a real browser: through the
 * agent's watch, the manager's database, the event stream, and the page, which reads its list again. Both moments are of
 * this machine's clock.
 */
final class BrowserDelivery implements AutoCloseable {

    /** The list shows so many. */
    private static final int ROWS = 100;

    private static final double SHARE = 0.99;
    private static final double GOAL_MS = 250;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    /** Between two crashes at most, so that they meet the page in every state. */
    private static final int MOST_PAUSE_MS = 500;
    /** A guest is seen down for at least so long before it has been started again. */
    private static final Duration START_TAKES = Duration.ofMillis(700);

    private static final long SEED = 20_261_123L;
    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path DEFAULT_BROWSER = Path.of("/usr/bin/chromium");

    private final BenchDataCenter dataCenter;
    private final FleetClient fleet;
    private final InstantSource clock = InstantSource.system();
    private final Process browser;
    private final LinkedBlockingQueue<JsonNode> lines = new LinkedBlockingQueue<>();
    private final Map<String, String> shown = new HashMap<>();

    private BrowserDelivery(BenchDataCenter dataCenter, FleetClient fleet, Path page) throws IOException {
        this.dataCenter = dataCenter;
        this.fleet = fleet;
        ProcessBuilder builder = new ProcessBuilder(List.of("node", "e2e/watch-rows.mjs"))
                .directory(page.toFile())
                .redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("MESETA_URL", dataCenter.access("url"));
        builder.environment().put("MESETA_USERNAME", dataCenter.access("username"));
        builder.environment().put("MESETA_PASSWORD_FILE", dataCenter.access("passwordFile"));
        builder.environment().put("MESETA_LIST", "/vms?limit=" + ROWS);
        browser = builder.start();
        Thread.ofVirtual().name("browser").start(this::read);
    }

    /**
     * Empty, with the reason told, where this machine has no browser.
     *
     * @param repository whose page is built, with what its tests need
     * @throws TimeoutException when a crash is not seen at all
     */
    static Optional<Measure> measure(BenchDataCenter dataCenter, FleetClient fleet, Path repository, Progress progress)
            throws TimeoutException {
        Path page = repository.resolve("web-ui");
        if (!Files.exists(DEFAULT_BROWSER) || !Files.exists(page.resolve("node_modules"))) {
            progress.step("no browser: %s and the page's node_modules are needed".formatted(DEFAULT_BROWSER));
            return Optional.empty();
        }
        try (BrowserDelivery delivery = new BrowserDelivery(dataCenter, fleet, page)) {
            Samples all = delivery.crashes();
            progress.step(
                    "to a row of a page in Chromium: %d crashes, median %.0f ms, 99th percentile %.0f ms, worst %.0f ms"
                            .formatted(
                                    all.count(),
                                    all.summary().median(),
                                    all.percentile(SHARE),
                                    all.summary().max()));
            return Optional.of(new Measure(
                    "browserEventP99", "ms", Samples.of(all.percentile(SHARE)).summary(), null, GOAL_MS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Samples crashes() throws TimeoutException {
        awaitReady();
        Map<String, UUID> ids = new HashMap<>();
        dataCenter
                .client()
                .get("/vms?limit=" + ROWS)
                .required("items")
                .valueStream()
                .forEach(vm -> ids.put(
                        vm.required("name").stringValue(),
                        UUID.fromString(vm.required("id").stringValue())));
        Map<UUID, FleetClient.Guest> guests = new HashMap<>();
        fleet.guests(FleetClient.ALL).forEach(guest -> guests.put(guest.vmId(), guest));
        fleet.latency(FleetClient.ALL, START_TAKES, START_TAKES);
        try {
            Samples all = new Samples();
            Random random = new Random(SEED);
            for (String row : List.copyOf(shown.keySet())) {
                FleetClient.Guest guest = guests.get(ids.get(row));
                if (guest == null || !guest.state().equals("RUNNING") || !"UP".equals(shown.get(row))) {
                    continue;
                }
                Instant crashed = clock.instant();
                fleet.crashGuest(guest.host(), guest.vmId());
                all.add(awaitChange(row) - millis(crashed));
                pause(Duration.ofMillis(random.nextInt(MOST_PAUSE_MS)));
            }
            return all;
        } finally {
            fleet.latency(FleetClient.ALL, Duration.ZERO, Duration.ZERO);
        }
    }

    private void awaitReady() throws TimeoutException {
        Instant giveUp = clock.instant().plus(START_LIMIT);
        JsonNode line = next(giveUp);
        while (line != null && !line.has("ready")) {
            note(line);
            line = next(giveUp);
        }
        if (line == null) {
            throw new TimeoutException("the page in the browser");
        }
    }

    /** When the row said something else than before, in milliseconds since 1970. */
    private double awaitChange(String row) throws TimeoutException {
        String before = shown.get(row);
        Instant giveUp = clock.instant().plus(LIMIT);
        while (true) {
            JsonNode line = next(giveUp);
            if (line == null) {
                throw new TimeoutException("the row of %s did not change within %s".formatted(row, LIMIT));
            }
            note(line);
            if (line.required("row").stringValue().equals(row)
                    && !line.required("status").stringValue().equals(before)) {
                return line.required("at").doubleValue();
            }
        }
    }

    private void pause(Duration time) {
        Instant until = clock.instant().plus(time);
        JsonNode line = next(until);
        while (line != null) {
            note(line);
            line = next(until);
        }
    }

    private void note(JsonNode line) {
        shown.put(line.required("row").stringValue(), line.required("status").stringValue());
    }

    /** Null when there is none until then. */
    private @Nullable JsonNode next(Instant until) {
        long left = Math.max(0, Duration.between(clock.instant(), until).toNanos());
        try {
            JsonNode line = lines.poll(left, TimeUnit.NANOSECONDS);
            if (line != null && line.isNull()) {
                throw new IllegalStateException("the browser has ended; its words are above");
            }
            return line;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private void read() {
        try (BufferedReader reader = browser.inputReader(StandardCharsets.UTF_8)) {
            String line = reader.readLine();
            while (line != null) {
                lines.add(JSON.readTree(line));
                line = reader.readLine();
            }
        } catch (IOException e) {
            // Its end, told below.
        }
        lines.add(JSON.nullNode());
    }

    private static double millis(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant) / 1e3;
    }

    @Override
    public void close() throws IOException {
        browser.getOutputStream().close();
        try {
            if (!browser.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                browser.descendants().forEach(ProcessHandle::destroyForcibly);
                browser.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}

package dev.meseta.lab.bench;

import dev.meseta.lab.stack.Progress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/**
 * Lists of very many VMs: searched, sorted and paged at a steady rate, whether or not answers come. The VMs are rows that
 * are written straight into the database, stopped and on no host; lists do not look at more of them.
 */
final class ManyVms {

    private static final List<Integer> SIZES = List.of(6_250, 25_000, 100_000);
    private static final int PER_SECOND = 30;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    private static final double SHARE = 0.99;
    private static final double GOAL_MS = 50;

    /** What people do with a list; each is followed to its next page. */
    private static final List<String> QUESTIONS = List.of(
            "/vms?limit=50",
            "/vms?limit=50&sort=-name",
            "/vms?limit=50&sort=status",
            "/vms?limit=50&sort=-createdAt",
            "/vms?limit=50&q=filled-0012",
            "/vms?limit=50&q=name:filled-*77",
            "/vms?limit=50&q=status:up",
            "/vms?limit=50&q=status:down&sort=-name",
            "/vms?limit=50&q=host:sim-00001&sort=status",
            "/vms?limit=50&q=measurement&sort=-createdAt",
            "/vms?limit=50&q=not-there-at-all");

    private static final String VMS = """
            WITH numbers AS (SELECT generate_series(1, ?) AS n),
            made AS (
                INSERT INTO vm (id, cluster_id, name, description, vcpus, memory_bytes, firmware, image_id,
                    desired_power, created_at)
                SELECT gen_random_uuid(), (SELECT id FROM cluster ORDER BY created_at LIMIT 1),
                    'filled-' || lpad(((n::bigint * 7919 + ?) % 1000003)::text, 7, '0'), 'made for a measurement', 1,
                    128 << 20, 'BIOS', (SELECT id FROM image LIMIT 1), 'STOPPED', now() - n * interval '1 second'
                FROM numbers RETURNING id, created_at)
            INSERT INTO vm_observed (vm_id, status, status_since) SELECT id, 'DOWN', created_at FROM made""";

    private static final String DISKS = """
            INSERT INTO disk (id, vm_id, storage_domain_id, image_id, disk_index, status, size_bytes)
            SELECT gen_random_uuid(), v.id, (SELECT id FROM storage_domain LIMIT 1), v.image_id, 0, 'READY', 1 << 30
            FROM vm v WHERE NOT EXISTS (SELECT FROM disk d WHERE d.vm_id = v.id)""";

    private static final String NICS = """
            INSERT INTO nic (id, vm_id, network_id, mac_address, nic_index)
            SELECT gen_random_uuid(), v.id, (SELECT id FROM network ORDER BY created_at LIMIT 1),
                regexp_replace(lpad(to_hex(x'02ff00000000'::bigint + (SELECT count(*) FROM nic)
                    + row_number() OVER ()), 12, '0'), '(..)(..)(..)(..)(..)(..)', '\\1:\\2:\\3:\\4:\\5:\\6'), 0
            FROM vm v WHERE NOT EXISTS (SELECT FROM nic n WHERE n.vm_id = v.id)""";

    private static final String ADDRESSES = """
            INSERT INTO network_address (network_id, address, nic_id)
            SELECT n.network_id, inet '172.16.0.0' + (SELECT count(*) FROM network_address) + row_number() OVER (), n.id
            FROM nic n WHERE NOT EXISTS (SELECT FROM network_address a WHERE a.nic_id = n.id)""";

    private final BenchDataCenter dataCenter;
    private final Progress progress;

    ManyVms(BenchDataCenter dataCenter, Progress progress) {
        this.dataCenter = dataCenter;
        this.progress = progress;
    }

    List<Measure> measure() {
        List<Measure> measures = new ArrayList<>();
        int filled = 0;
        for (int size : SIZES) {
            fill(size - filled, filled * 7_919L);
            filled = size;
            Samples unused = ask(WARM_UP);
            Samples answers = ask(MEASURED);
            double high = answers.percentile(SHARE);
            progress.step("lists of %d VMs: median %.0f ms, 99th percentile %.0f ms"
                    .formatted(size, answers.summary().median(), high));
            measures.add(new Measure(
                    "listP99-%d-vms".formatted(size), "ms", Samples.of(high).summary(), null, GOAL_MS));
        }
        return measures;
    }

    private void fill(int count, long from) {
        try (Connection database = dataCenter.database()) {
            try (PreparedStatement vms = database.prepareStatement(VMS)) {
                vms.setInt(1, count);
                vms.setLong(2, from);
                int unused = vms.executeUpdate();
            }
            try (Statement others = database.createStatement()) {
                for (String statement : List.of(DISKS, NICS, ADDRESSES, "ANALYZE")) {
                    boolean unused = others.execute(statement);
                }
            }
        } catch (SQLException e) {
            throw new IllegalStateException("the database could not be filled: " + e.getMessage(), e);
        }
    }

    /** Milliseconds from when a question was to be asked to its answer: who is late with asking counts as late. */
    private Samples ask(Duration time) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            long begin = System.nanoTime();
            long interval = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
            // Two requests each: the page and the one after it.
            for (int number = 0; number < time.toSeconds() * PER_SECOND / 2; number++) {
                String question = QUESTIONS.get(number % QUESTIONS.size());
                long due = begin + 2L * number * interval;
                CompletableFuture<Answer> page = at(clock, threads, due, () -> question);
                answers.add(page);
                answers.add(at(clock, threads, due + interval, () -> {
                    String cursor = page.join().cursor();
                    return cursor.isEmpty() ? question : question + "&cursor=" + cursor;
                }));
            }
            Samples all = new Samples();
            for (CompletableFuture<Answer> answer : answers) {
                all.add(answer.get().milliseconds());
            }
            return all;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("a figure would be meaningless: " + e.getMessage(), e);
        }
    }

    /** Asks a question, which may not be known before, when it is due. */
    private CompletableFuture<Answer> at(
            ScheduledExecutorService clock, ExecutorService threads, long due, Supplier<String> question) {
        var answered = new CompletableFuture<Answer>();
        var unused = clock.schedule(
                () -> {
                    var unusedToo = answered.completeAsync(() -> answer(question.get(), due), threads);
                },
                due - System.nanoTime(),
                TimeUnit.NANOSECONDS);
        return answered;
    }

    private Answer answer(String question, long due) {
        JsonNode page = dataCenter.client().get(question);
        double milliseconds = (System.nanoTime() - due) / 1e6;
        return new Answer(
                milliseconds, URLEncoder.encode(page.path("nextCursor").stringValue(""), StandardCharsets.UTF_8));
    }

    /** @param cursor to be put into the address of the next page; empty when there is none */
    private record Answer(double milliseconds, String cursor) {}
}

package dev.meseta.lab.bench;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.stack.Progress;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
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

    static final List<Integer> SIZES = List.of(6_250, 25_000, 100_000);
    private static final int PER_SECOND = 30;
    private static final Duration WARM_UP = Duration.ofSeconds(10);
    private static final Duration MEASURED = Duration.ofSeconds(20);
    static final double SHARE = 0.99;
    static final double GOAL_MS = 50;

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
            new FilledRows(dataCenter).stopped(size - filled, filled * 7_919L);
            filled = size;
            Samples unused = ask(dataCenter.client(), WARM_UP);
            Samples answers = ask(dataCenter.client(), MEASURED);
            double high = answers.percentile(SHARE);
            progress.step("lists of %d VMs: median %.0f ms, 99th percentile %.0f ms"
                    .formatted(size, answers.summary().median(), high));
            measures.add(new Measure(
                    "listP99-%d-vms".formatted(size), "ms", Samples.of(high).summary(), null, GOAL_MS));
        }
        return measures;
    }

    /** Milliseconds from when a question was to be asked to its answer: who is late with asking counts as late. */
    static Samples ask(MesetaClient client, Duration time) {
        List<CompletableFuture<Answer>> answers = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor();
                ScheduledExecutorService clock = Executors.newSingleThreadScheduledExecutor()) {
            long begin = System.nanoTime();
            long interval = TimeUnit.SECONDS.toNanos(1) / PER_SECOND;
            // Two requests each: the page and the one after it.
            for (int number = 0; number < time.toSeconds() * PER_SECOND / 2; number++) {
                String question = QUESTIONS.get(number % QUESTIONS.size());
                long due = begin + 2L * number * interval;
                CompletableFuture<Answer> page = at(client, clock, threads, due, () -> question);
                answers.add(page);
                answers.add(at(client, clock, threads, due + interval, () -> {
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
    private static CompletableFuture<Answer> at(
            MesetaClient client,
            ScheduledExecutorService clock,
            ExecutorService threads,
            long due,
            Supplier<String> question) {
        var answered = new CompletableFuture<Answer>();
        var unused = clock.schedule(
                () -> {
                    var unusedToo = answered.completeAsync(() -> answer(client, question.get(), due), threads);
                },
                due - System.nanoTime(),
                TimeUnit.NANOSECONDS);
        return answered;
    }

    private static Answer answer(MesetaClient client, String question, long due) {
        JsonNode page = client.get(question);
        double milliseconds = (System.nanoTime() - due) / 1e6;
        return new Answer(
                milliseconds, URLEncoder.encode(page.path("nextCursor").stringValue(""), StandardCharsets.UTF_8));
    }

    /** @param cursor to be put into the address of the next page; empty when there is none */
    private record Answer(double milliseconds, String cursor) {}
}

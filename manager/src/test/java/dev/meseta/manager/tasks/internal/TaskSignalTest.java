package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Waiting, signals, cancelling, deadlines. */
@Tag("integration")
class TaskSignalTest {

    private static final Duration BACK_OFF_NOBODY_WAITS_FOR = Duration.ofMinutes(10);

    @Test
    void who_waits_for_the_end_is_woken_by_it() throws Exception {
        var release = new CountDownLatch(1);
        var script = new Script("test.slow");
        script.on(Steps.FIRST, context -> {
            await(release);
            return Script.succeed(context);
        });
        try (var bench = EngineBench.start(script)) {
            UUID id = bench.submit("test.slow").id();
            var waiting = CompletableFuture.supplyAsync(() ->
                    bench.engine.waits().awaitEnd(id, Duration.ofMinutes(1)).orElseThrow());
            assertThat(bench.engine
                            .waits()
                            .awaitEnd(id, Duration.ZERO)
                            .orElseThrow()
                            .state())
                    .isNotEqualTo(TaskState.SUCCEEDED);
            release.countDown();

            assertThat(waiting.get(30, TimeUnit.SECONDS).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(bench.engine.waits().awaitEnd(UUID.randomUUID(), Duration.ofMinutes(1)))
                    .isEmpty();
        }
    }

    @Test
    void a_manager_that_stops_keeps_nobody_waiting() throws Exception {
        var entered = new CountDownLatch(1);
        var script = new Script("test.wait");
        script.on(Steps.FIRST, context -> {
            entered.countDown();
            return Script.await(context);
        });
        try (var bench = EngineBench.start(script)) {
            UUID id = bench.submit("test.wait").id();
            await(entered);
            var waiting = CompletableFuture.supplyAsync(() ->
                    bench.engine.waits().awaitEnd(id, Duration.ofMinutes(10)).orElseThrow());
            bench.engine.stop();

            assertThat(waiting.get(30, TimeUnit.SECONDS).state().isFinal()).isFalse();
        }
    }

    @Test
    void a_signal_during_the_step_is_not_lost() throws Exception {
        var entered = new CountDownLatch(1);
        var signalled = new CountDownLatch(1);
        var script = new Script("test.wait");
        script.on(Steps.FIRST, context -> {
            if (script.operations.size() > 1) {
                return Script.succeed(context);
            }
            entered.countDown();
            await(signalled);
            return Script.await(context);
        });
        try (var bench = EngineBench.start(script)) {
            UUID id = bench.submit("test.wait").id();
            await(entered);
            bench.tasks().signal(id);
            signalled.countDown();

            assertThat(bench.ended(id).state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(script.phasesRun()).containsExactly("FIRST:0", "FIRST:0");
        }
    }

    /** The fact is written, then signalled, at any moment of the step's look, commit and parking. */
    @Test
    void whenever_a_signal_comes_the_fact_it_speaks_of_is_seen() throws Exception {
        long seed = 20261122;
        System.out.println("seed " + seed);
        var random = new Random(seed);
        var fact = new AtomicInteger();
        var looks = new Semaphore(0);
        BlockingQueue<Integer> seen = new LinkedBlockingQueue<>();
        var script = new Script("test.race").on(Steps.FIRST, context -> {
            int value = fact.get();
            seen.add(value);
            looks.release();
            return value < 0 ? Script.succeed(context) : Script.await(context);
        });
        try (var bench = EngineBench.start(script)) {
            UUID id = bench.submit("test.race").id();
            for (int round = 1; round <= 300; round++) {
                if (random.nextBoolean()) {
                    spin(random.nextInt(200_000));
                }
                fact.set(round);
                if (random.nextBoolean()) {
                    bench.tasks().signal(id);
                } else {
                    bench.transactions.executeWithoutResult(
                            status -> bench.tasks().signal(id));
                }
                int latest;
                do {
                    Integer next = seen.poll(10, TimeUnit.SECONDS);
                    assertThat(next)
                            .as("round %d of seed %d: the task slept on", round, seed)
                            .isNotNull();
                    latest = Objects.requireNonNull(next);
                } while (latest < round);
            }
            fact.set(-1);
            bench.tasks().signal(id);
            assertThat(bench.ended(id).state()).isEqualTo(TaskState.SUCCEEDED);
        }
    }

    @Test
    void a_signal_takes_milliseconds() throws Exception {
        BlockingQueue<Long> looks = new LinkedBlockingQueue<>();
        var script = new Script("test.latency").on(Steps.FIRST, context -> {
            looks.add(System.nanoTime());
            return Script.await(context);
        });
        try (var bench = EngineBench.start(script)) {
            UUID id = bench.submit("test.latency").id();
            looks.take();
            List<Long> micros = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                spin(200_000);
                long before = System.nanoTime();
                bench.tasks().signal(id);
                micros.add((looks.take() - before) / 1000);
            }
            micros.sort(null);
            System.out.printf("signal to step: median %d us, p95 %d us%n", micros.get(50), micros.get(95));
            assertThat(micros.get(50)).as("median in microseconds").isLessThan(100_000);
        }
    }

    @Test
    void a_signal_in_a_transaction_counts_after_its_commit_also_from_a_commit_listener() throws Exception {
        var looks = new Semaphore(0);
        var script = new Script("test.commit").on(Steps.FIRST, context -> {
            looks.release();
            return Script.await(context);
        });
        var marker = new Script("test.marker").on(Steps.FIRST, Script::succeed);
        try (var bench = EngineBench.start(script, marker)) {
            UUID id = bench.submit("test.commit").id();
            assertLooks(looks, 1);
            bench.transactions.executeWithoutResult(status -> {
                bench.tasks().signal(id);
                status.setRollbackOnly();
            });
            bench.ended(bench.submit("test.marker").id());
            assertLooks(looks, 0);

            bench.transactions.executeWithoutResult(status -> bench.tasks().signal(id));
            assertLooks(looks, 1);

            var listener = new TransactionSynchronization() {
                @Override
                public void afterCommit() {
                    bench.tasks().signal(id);
                }
            };
            bench.transactions.executeWithoutResult(
                    status -> TransactionSynchronizationManager.registerSynchronization(listener));
            assertLooks(looks, 1);
        }
    }

    private static void assertLooks(Semaphore looks, int expected) throws InterruptedException {
        assertThat(looks.tryAcquire(expected, 10, TimeUnit.SECONDS)).isTrue();
        assertThat(looks.availablePermits()).isZero();
    }

    @Test
    void a_cancel_reaches_a_waiting_task_and_one_that_backs_off() {
        var waiting = new Script("test.waiting")
                .on(
                        Steps.FIRST,
                        context -> context.cancelRequested()
                                ? Script.fail(context, ErrorCode.CANCELLED)
                                : Script.await(context));
        var failing = new Script("test.failing")
                .on(
                        Steps.FIRST,
                        context -> context.cancelRequested()
                                ? Script.fail(context, ErrorCode.MIGRATION_CANCELLED)
                                : Script.retry(ErrorCode.AGENT_ERROR));
        var slow = new BackOff(BACK_OFF_NOBODY_WAITS_FOR, BACK_OFF_NOBODY_WAITS_FOR);
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var bench = new EngineBench(pool, "manager", InstantSource.system(), slow, waiting, failing)) {
            for (String kind : List.of("test.waiting", "test.failing")) {
                UUID id = bench.submit(kind).id();
                assertThat(bench.tasks().cancel(id).cancelRequested()).isTrue();
                TaskView ended = bench.ended(id);
                assertThat(ended.state()).isEqualTo(TaskState.CANCELLED);
                assertThat(ended.steps().getLast().result()).isEqualTo("CANCELLED");
            }
        }
    }

    @Test
    void a_signal_does_not_shorten_a_back_off() throws Exception {
        BlockingQueue<Integer> attempts = new LinkedBlockingQueue<>();
        var script = new Script("test.storm").on(Steps.FIRST, context -> {
            attempts.add(context.attempt());
            return context.cancelRequested()
                    ? Script.fail(context, ErrorCode.CANCELLED)
                    : Script.retry(ErrorCode.DOMAIN_START_FAILED);
        });
        var marker = new Script("test.marker").on(Steps.FIRST, Script::succeed);
        var slow = new BackOff(BACK_OFF_NOBODY_WAITS_FOR, BACK_OFF_NOBODY_WAITS_FOR);
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var bench = new EngineBench(pool, "manager", InstantSource.system(), slow, script, marker)) {
            UUID id = bench.submit("test.storm").id();
            attempts.take();
            for (int i = 0; i < 20; i++) {
                bench.tasks().signal(id);
                bench.ended(bench.submit("test.marker").id());
            }
            assertThat(attempts).isEmpty();
            bench.tasks().cancel(id);
            bench.ended(id);
        }
    }

    @Test
    void time_passes_the_wait_and_then_the_deadline() throws Exception {
        var clock = new SettableClock();
        var looks = new Semaphore(0);
        var script = new Script("test.deadline").on(Steps.FIRST, context -> {
            looks.release();
            return new StepResult.Wait<>(context.payload(), Duration.ofSeconds(10));
        });
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var bench = new EngineBench(pool, "manager", clock, EngineBench.FAST, script)) {
            Instant deadline = clock.instant().plusSeconds(15);
            UUID id = bench.submit("test.deadline", UUID.randomUUID(), true, Optional.of(deadline))
                    .id();
            assertThat(looks.tryAcquire(10, TimeUnit.SECONDS)).isTrue();
            advanceUntil(clock, bench, Duration.ofSeconds(1), looks);
            assertThat(clock.instant()).isBefore(deadline);
            advanceUntil(clock, bench, Duration.ofSeconds(1), looks);

            TaskView ended = bench.ended(id);
            assertThat(ended.state()).isEqualTo(TaskState.FAILED);
            assertThat(Objects.requireNonNull(ended.error()).code()).isEqualTo("DEADLINE_EXCEEDED");
            assertThat(clock.instant()).isAfterOrEqualTo(deadline);
        }
    }

    /** Moves the clock on until the step has looked once more; each move gives the engine the time to notice. */
    private static void advanceUntil(SettableClock clock, EngineBench bench, Duration by, Semaphore looks)
            throws InterruptedException {
        for (int i = 0; i < 1000; i++) {
            clock.advance(by);
            bench.engine.checkNow();
            if (looks.tryAcquire(50, TimeUnit.MILLISECONDS)) {
                return;
            }
        }
        throw new AssertionError("the step did not look again");
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void spin(int nanos) {
        long end = System.nanoTime() + nanos;
        while (System.nanoTime() < end) {
            Thread.onSpinWait();
        }
    }
}

package dev.meseta.agent.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.tracing.RecordingTraces;
import dev.meseta.agent.tracing.Traces;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("unit")
class OperationsTest {

    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    private Path directory;

    private final ExecutorService executor = Executors.newCachedThreadPool();
    private final BlockingQueue<OperationRecord> changes = new LinkedBlockingQueue<>();
    private final List<OperationJournal> journals = new java.util.ArrayList<>();

    @AfterEach
    void tearDown() {
        executor.shutdownNow();
        journals.forEach(OperationJournal::close);
    }

    /** A new life of the agent on the same disk. */
    private Operations start() {
        return start(Traces.OFF);
    }

    private Operations start(Traces traces) {
        OperationJournal journal = OperationJournal.open(
                directory.resolve("journal"), InstantSource.fixed(NOW), OperationJournal.Retention.DEFAULT);
        journals.add(journal);
        return new Operations(
                journal,
                FencingEpoch.open(directory.resolve("epoch")),
                InstantSource.fixed(NOW),
                executor,
                changes::add,
                traces);
    }

    private static OperationRequest request(String id, long epoch) {
        return new OperationRequest(id, epoch, Optional.empty(), "correlation", "somebody", Duration.ZERO);
    }

    private OperationRecord nextEnd() throws InterruptedException {
        while (true) {
            OperationRecord change = changes.poll(10, TimeUnit.SECONDS);
            assertThat(change).as("an operation ends").isNotNull();
            if (!change.unfinished()) {
                return change;
            }
        }
    }

    @Test
    void whoeverCollectsTracesHearsOfEachOperationOnceAndHowItEnded() throws InterruptedException {
        RecordingTraces traces = new RecordingTraces();
        Operations operations = start(traces);

        operations.submit(request("a", 7), OperationKind.VOLUME_ENSURE, "d", control -> OperationResult.NONE);
        nextEnd();
        operations.submit(request("a", 7), OperationKind.VOLUME_ENSURE, "d", control -> OperationResult.NONE);
        operations.submit(request("b", 7), OperationKind.VOLUME_REMOVE, "d", control -> {
            throw new AgentException(AgentErrorCode.NOT_FOUND, "no disk");
        });
        nextEnd();

        assertThat(traces.told)
                .containsExactly(
                        "begin volume.ensure a of d by epoch 7 for correlation",
                        "end SUCCEEDED ",
                        "begin volume.remove b of d by epoch 7 for correlation",
                        "end FAILED NOT_FOUND");
    }

    @Test
    void theSameIdRunsOnceAndAnswersTheSameAfterARestart() throws InterruptedException {
        AtomicInteger runs = new AtomicInteger();
        OperationBody body = control -> {
            runs.incrementAndGet();
            return new OperationResult.Volume("/disk", 1, 2);
        };
        Operations first = start();
        OperationRecord begun = first.submit(request("a", 1), OperationKind.VOLUME_ENSURE, "d", body);
        assertThat(begun.state()).isEqualTo(OperationRecord.State.RUNNING);
        OperationRecord end = nextEnd();
        assertThat(first.submit(request("a", 1), OperationKind.VOLUME_ENSURE, "d", body))
                .isEqualTo(end);
        assertThat(start().submit(request("a", 1), OperationKind.VOLUME_ENSURE, "d", body))
                .isEqualTo(end);
        assertThat(runs).hasValue(1);
    }

    @Test
    void whoIsPatientHearsTheEndAtOnce() {
        Operations operations = start();
        OperationRequest patient =
                new OperationRequest("a", 1, Optional.empty(), "correlation", "somebody", Duration.ofSeconds(1));
        OperationRecord end =
                operations.submit(patient, OperationKind.VOLUME_ENSURE, "d", control -> OperationResult.NONE);
        assertThat(end.state()).isEqualTo(OperationRecord.State.SUCCEEDED);
        assertThat(operations.find("a")).contains(end);
    }

    @Test
    void aRepeatWhileItRunsJoinsIt() throws InterruptedException {
        CountDownLatch release = new CountDownLatch(1);
        Operations operations = start();
        OperationBody body = control -> {
            await(release);
            return OperationResult.NONE;
        };
        operations.submit(request("a", 1), OperationKind.VOLUME_ENSURE, "d", body);
        OperationRecord again = operations.submit(request("a", 1), OperationKind.VOLUME_ENSURE, "d", control -> {
            throw new AssertionError("ran twice");
        });
        assertThat(again.state()).isEqualTo(OperationRecord.State.RUNNING);
        release.countDown();
        assertThat(nextEnd().state()).isEqualTo(OperationRecord.State.SUCCEEDED);
    }

    @Test
    void anIdForOtherWorkIsRefused() throws InterruptedException {
        Operations operations = start();
        operations.submit(request("a", 1), OperationKind.VOLUME_ENSURE, "d", control -> OperationResult.NONE);
        nextEnd();
        refused(operations, request("a", 1), OperationKind.VOLUME_REMOVE, "d", AgentErrorCode.IDEMPOTENCY_KEY_REUSED);
        refused(operations, request("a", 1), OperationKind.VOLUME_ENSURE, "e", AgentErrorCode.IDEMPOTENCY_KEY_REUSED);
    }

    @Test
    void anOlderEpochAndAPastDeadlineBeginNothing() {
        Operations operations = start();
        operations.submit(request("a", 7), OperationKind.VOLUME_ENSURE, "d", control -> OperationResult.NONE);
        refused(operations, request("b", 6), OperationKind.VOLUME_ENSURE, "d", AgentErrorCode.FENCED);
        refused(
                operations,
                new OperationRequest("c", 7, Optional.of(NOW.minusSeconds(1)), "", "", Duration.ZERO),
                OperationKind.VOLUME_ENSURE,
                "d",
                AgentErrorCode.DEADLINE_EXCEEDED);
        assertThat(operations.find("b")).isEmpty();
        assertThat(operations.find("c")).isEmpty();
    }

    @Test
    void failuresKeepTheirCodeAndSurprisesDoNotLeak() throws InterruptedException {
        Operations operations = start();
        operations.submit(request("a", 1), OperationKind.IMAGE_ENSURE, "i", control -> {
            throw new AgentException(AgentErrorCode.IMAGE_INVALID, "no image");
        });
        assertThat(nextEnd().failure()).contains(new OperationRecord.Failure(AgentErrorCode.IMAGE_INVALID, "no image"));
        operations.submit(request("b", 1), OperationKind.IMAGE_ENSURE, "i", control -> {
            throw new IllegalStateException("the secret is 42");
        });
        OperationRecord end = nextEnd();
        assertThat(end.state()).isEqualTo(OperationRecord.State.OUTCOME_UNKNOWN);
        OperationRecord.Failure failure = end.failure().orElseThrow();
        assertThat(failure.code()).isEqualTo(AgentErrorCode.AGENT_ERROR);
        assertThat(failure.detail()).doesNotContain("42");
    }

    @Test
    void cancelReachesTheWork() throws InterruptedException {
        Operations operations = start();
        CountDownLatch cancelled = new CountDownLatch(1);
        CountDownLatch began = new CountDownLatch(1);
        operations.submit(request("a", 1), OperationKind.MIGRATION_START, "v", control -> {
            control.onCancel(cancelled::countDown);
            began.countDown();
            await(cancelled);
            control.stopIfCancelled();
            return OperationResult.NONE;
        });
        await(began);
        operations.cancel("a");
        assertThat(nextEnd().state()).isEqualTo(OperationRecord.State.CANCELLED);
        assertThat(operations.cancel("a").state()).isEqualTo(OperationRecord.State.CANCELLED);
        assertThatThrownBy(() -> operations.cancel("never"))
                .isInstanceOfSatisfying(
                        AgentException.class, e -> assertThat(e.code()).isEqualTo(AgentErrorCode.NOT_FOUND));
    }

    @Test
    void whatDeathInterruptedIsSettledFromTheHost() throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        Operations first = start();
        OperationBody hangs = control -> {
            await(never);
            return OperationResult.NONE;
        };
        first.submit(request("known", 1), OperationKind.DOMAIN_ENSURE_RUNNING, "v", hangs);
        first.submit(request("unknown", 1), OperationKind.VOLUME_ENSURE, "d", hangs);
        first.submit(request("reboot", 1), OperationKind.DOMAIN_REBOOT, "v", hangs);

        Operations second = start();
        assertThat(second.unfinished()).hasSize(3);
        second.settleInterrupted(operation -> {
            if (operation.operationId().equals("known")) {
                return OperationResult.NONE;
            }
            throw new AgentException(AgentErrorCode.OUTCOME_UNKNOWN, "cannot tell");
        });
        for (int i = 0; i < 3; i++) {
            nextEnd();
        }
        assertThat(second.find("known").orElseThrow().state()).isEqualTo(OperationRecord.State.SUCCEEDED);
        assertThat(second.find("unknown").orElseThrow().state()).isEqualTo(OperationRecord.State.OUTCOME_UNKNOWN);

        // Repeatable work runs again under the same id; a reboot does not.
        second.submit(request("unknown", 1), OperationKind.VOLUME_ENSURE, "d", control -> OperationResult.NONE);
        assertThat(nextEnd().state()).isEqualTo(OperationRecord.State.SUCCEEDED);
        assertThat(second.submit(request("reboot", 1), OperationKind.DOMAIN_REBOOT, "v", control -> {
                            throw new AssertionError("rebooted twice");
                        })
                        .state())
                .isEqualTo(OperationRecord.State.OUTCOME_UNKNOWN);
    }

    private static void refused(
            Operations operations, OperationRequest request, OperationKind kind, String target, AgentErrorCode code) {
        assertThatThrownBy(() -> operations.submit(request, kind, target, control -> OperationResult.NONE))
                .isInstanceOfSatisfying(
                        AgentException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private static void await(CountDownLatch latch) {
        try {
            if (!latch.await(30, TimeUnit.SECONDS)) {
                throw new AssertionError("waited in vain");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @BeforeEach
    void noChanges() {
        changes.clear();
    }
}

package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Two managers on one database, of which one is paused, or dies, in the middle of a step. */
@Tag("integration")
class TaskTakeOverTest {

    /** The agent's side: how often an operation was asked for. */
    private final Map<String, Integer> journal = new ConcurrentHashMap<>();

    @Test
    void what_a_paused_manager_had_in_hand_goes_on_elsewhere_and_it_can_commit_nothing_when_it_wakes() {
        var entered = new CountDownLatch(1);
        var wakes = new CountDownLatch(1);
        var paused = new Script("test.paused").on(Steps.FIRST, context -> {
            entered.countDown();
            await(wakes);
            return Script.advance(context, Steps.UNDO);
        });
        var waits = new CountDownLatch(1);
        var enteredAgain = new CountDownLatch(1);
        var successor = new Script("test.paused")
                .on(Steps.FIRST, context -> {
                    journal.merge(context.operationId(), 1, Integer::sum);
                    enteredAgain.countDown();
                    // The other wakes while this step is still under way: the row's phase has not changed since.
                    await(waits);
                    return Script.advance(context, Steps.SECOND);
                })
                .on(Steps.SECOND, Script::succeed);
        var lives = new KnownLives("b");
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var a = new EngineBench(pool, new KnownLives("a"), paused)) {
            UUID id = a.submit("test.paused").id();
            await(entered);
            try (var b = new EngineBench(pool, lives, successor)) {
                b.engine.takeOverNow();
                assertThat(journal).as("it is not dead yet").isEmpty();

                lives.over = Set.of("a");
                b.engine.takeOverNow();
                await(enteredAgain);
                assertThat(journal).containsOnlyKeys(id + ":FIRST:0");
                wakes.countDown();
                // What it still had to do is done when it has stopped.
                a.engine.stop();
                assertThat(b.view(id).phase()).isEqualTo("FIRST");
                assertThat(b.view(id).steps()).isEmpty();
                waits.countDown();
                TaskView ended = b.ended(id);
                assertThat(ended.state()).isEqualTo(TaskState.SUCCEEDED);
                assertThat(ended.steps()).extracting(TaskView.Step::phase).containsExactly("FIRST", "SECOND");
                assertThat(journal).containsEntry(id + ":FIRST:0", 1);
            }
        }
    }

    @Test
    void whoever_waits_for_an_end_is_woken_by_the_manager_that_saw_it() {
        var entered = new CountDownLatch(1);
        var goesOn = new CountDownLatch(1);
        var slow = new Script("test.slow").on(Steps.FIRST, context -> {
            entered.countDown();
            await(goesOn);
            return Script.succeed(context);
        });
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var a = new EngineBench(pool, new KnownLives("a"), slow)) {
            UUID id = a.submit("test.slow").id();
            await(entered);
            try (var b = new EngineBench(pool, new KnownLives("b"), slow)) {
                a.ends.connect(b.ends);
                goesOn.countDown();

                assertThat(b.engine
                                .waits()
                                .awaitEnd(id, Duration.ofMinutes(1))
                                .orElseThrow()
                                .state())
                        .isEqualTo(TaskState.SUCCEEDED);
                a.ended(id);
                a.engine.stop();
                assertThat(a.ends.told).containsExactly(new EndWaits.TaskEnded(id));
            }
        }
    }

    @Test
    void a_signal_wakes_a_task_wherever_it_waits() {
        var waiting = new Script("test.waiting").on(Steps.FIRST, context -> {
            if (context.payload().count() == 0) {
                return new StepResult.Wait<>(context.payload().counted(), Duration.ofMinutes(5));
            }
            return Script.succeed(context);
        });
        try (HikariDataSource pool = EngineBench.emptyDatabase().pool();
                var a = new EngineBench(pool, new KnownLives("a"), waiting)) {
            UUID id = a.submit("test.waiting").id();
            try (var b = new EngineBench(pool, new KnownLives("b"), waiting)) {
                // Before or after it waits, on whichever of the two it runs.
                b.tasks().signal(id);
                a.events.awaitEnd(id, b.events.end(id));
                assertThat(b.view(id).state()).isEqualTo(TaskState.SUCCEEDED);
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class KnownLives implements TaskDriver.Lives {

        private final String own;
        private volatile Set<String> over = Set.of();

        KnownLives(String own) {
            this.own = own;
        }

        @Override
        public String own() {
            return own;
        }

        @Override
        public Set<String> over() {
            return over;
        }
    }
}

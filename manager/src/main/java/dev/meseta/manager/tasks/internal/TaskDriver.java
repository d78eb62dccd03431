package dev.meseta.manager.tasks.internal;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.ExecutionComplete;
import com.github.kagkarlsson.scheduler.task.ExecutionOperations;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.meseta.manager.identity.Actor;
import dev.meseta.manager.tasks.internal.TaskWorker.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/** Has db-scheduler run the worker for tasks that are due: one execution per unfinished task. */
final class TaskDriver {

    private static final Logger log = LoggerFactory.getLogger(TaskDriver.class);
    private static final Duration AFTER_UNHANDLED_ERROR = Duration.ofSeconds(2);
    private static final int MISSED_HEARTBEATS = 4;
    // What others left is taken over when their life is known to be over; this is for what slips through.
    private static final int MISSED_HEARTBEATS_OF_ANYBODY = 120;
    private static final Duration TAKE_OVER_INTERVAL = Duration.ofSeconds(2);

    private final DataSource dataSource;
    private final TransactionTemplate transactions;
    private final ExecutionTable executions;
    private final TaskWorker worker;
    private final InstantSource clock;
    private final Lives lives;
    private final Settings settings;
    private volatile @Nullable Scheduler scheduler;
    private volatile @Nullable ScheduledExecutorService takeOvers;

    TaskDriver(
            DataSource dataSource,
            TransactionTemplate transactions,
            ExecutionTable executions,
            TaskWorker worker,
            InstantSource clock,
            Lives lives,
            Settings settings) {
        this.dataSource = dataSource;
        this.transactions = transactions;
        this.executions = executions;
        this.worker = worker;
        this.clock = clock;
        this.lives = lives;
        this.settings = settings;
    }

    /** Takes up what an earlier life of this manager left, then runs what is due. */
    void start() {
        if (scheduler != null) {
            throw new IllegalStateException("The task engine runs already.");
        }
        Instant now = clock.instant();
        transactions.executeWithoutResult(status -> {
            int released = releaseOfDead(now);
            int woken = executions.wakeAll(now);
            int missing = executions.insertMissing(now);
            if (released + woken + missing > 0) {
                log.info(
                        "Unfinished tasks: {} were running when their manager stopped, {} waiting, {} without a schedule.",
                        released,
                        woken,
                        missing);
            }
        });
        var stuckScan = Tasks.recurring("meseta-task-stuck-scan", FixedDelay.of(settings.stuckScanInterval()))
                .execute((instance, context) -> scanForStuck());
        Scheduler started = Scheduler.create(dataSource, List.<Task<?>>of(taskExecution()))
                .startTasks(List.of(stuckScan))
                .schedulerName(new SchedulerName.Fixed(lives.own()))
                .clock(clock::instant)
                .jdbcCustomization(new PostgreSqlJdbcCustomization(false, false))
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(settings.pollingInterval())
                .heartbeatInterval(settings.heartbeatInterval())
                .missedHeartbeatsLimit(MISSED_HEARTBEATS_OF_ANYBODY)
                .threads(settings.threads())
                .executorService(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("task-", 0).factory()))
                .shutdownMaxWait(settings.stopPatience())
                .build();
        started.start();
        scheduler = started;
        ScheduledExecutorService loop = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("task-takeover").factory());
        long interval = TAKE_OVER_INTERVAL.toMillis();
        var unused = loop.scheduleWithFixedDelay(this::takeOver, interval, interval, TimeUnit.MILLISECONDS);
        takeOvers = loop;
    }

    /** Looks for what dead managers left, soon. */
    void takeOverNow() {
        ScheduledExecutorService loop = takeOvers;
        if (loop != null) {
            loop.execute(this::takeOver);
        }
    }

    private void takeOver() {
        try {
            Instant now = clock.instant();
            int released = Objects.requireNonNull(transactions.execute(status -> releaseOfDead(now)
                    + executions.releaseForgotten(
                            lives.own(),
                            now.minus(settings.heartbeatInterval().multipliedBy(MISSED_HEARTBEATS)),
                            now)));
            if (released > 0) {
                log.info("{} tasks were taken from managers that are dead, or taken back", released);
                checkNow();
            }
        } catch (RuntimeException e) {
            log.warn("Tasks of dead managers could not be looked for; trying again: {}", e.toString());
        }
    }

    private int releaseOfDead(Instant now) {
        Set<String> over = lives.over();
        return over.isEmpty() ? 0 : executions.releaseOf(over, now);
    }

    /** Lets running steps end; what does not end in time goes on after the next start. */
    void stop() {
        Scheduler running = scheduler;
        scheduler = null;
        ScheduledExecutorService loop = takeOvers;
        takeOvers = null;
        if (loop != null) {
            loop.shutdownNow();
        }
        if (running != null) {
            running.stop();
        }
    }

    boolean isRunning() {
        return scheduler != null;
    }

    /** Something has become due. */
    void checkNow() {
        Scheduler running = scheduler;
        if (running != null) {
            running.triggerCheckForDueExecutions();
        }
    }

    private void scanForStuck() {
        int missing = executions.insertMissing(clock.instant());
        if (missing > 0) {
            log.warn("{} unfinished tasks had no schedule and have been given one.", missing);
            checkNow();
        }
    }

    private Task<Void> taskExecution() {
        return Tasks.custom(ExecutionTable.TASK_NAME, Void.class)
                .onFailure((complete, operations) ->
                        operations.reschedule(complete, clock.instant().plus(AFTER_UNHANDLED_ERROR)))
                .onDeadExecution(this::revive)
                .execute((instance, context) ->
                        execute(UUID.fromString(instance.getId()), context.getSchedulerState()::isShuttingDown));
    }

    private CompletionHandler<Void> execute(UUID taskId, BooleanSupplier stopping) {
        // What was allowed when it was asked for is done, whatever its requester may do by now.
        Outcome outcome = Actor.asManager(() -> worker.run(taskId, stopping));
        // Stopping interrupts steps; what is left to do here are short statements that must get through.
        if (Thread.interrupted()) {
            log.debug("Task {} was interrupted.", taskId);
        }
        return (complete, operations) -> {
            switch (outcome) {
                case Outcome.Over over -> operations.stop();
                case Outcome.Parked parked -> park(complete.getExecution(), parked);
                // Whoever took the task has taken the execution too, unless it was this manager and did not get to
                // know.
                case Outcome.Taken taken -> letGo(complete.getExecution());
                case Outcome.Go go ->
                    throw new IllegalStateException("task " + go.row().id() + " is not parked");
            }
        };
    }

    private void revive(ExecutionComplete complete, ExecutionOperations<Void> operations) {
        transactions.executeWithoutResult(status ->
                executions.countVersions(List.of(complete.getExecution().getId())));
        operations.reschedule(complete, clock.instant());
    }

    private void letGo(Execution execution) {
        transactions.executeWithoutResult(
                status -> executions.letGo(UUID.fromString(execution.getId()), execution.version, clock.instant()));
    }

    private void park(Execution execution, Outcome.Parked parked) {
        UUID taskId = UUID.fromString(execution.getId());
        Instant now = clock.instant();
        Instant due = Objects.requireNonNull(transactions.execute(
                status -> executions.park(taskId, execution.version, parked.park(), parked.failures(), now)));
        if (!due.isAfter(now)) {
            checkNow();
        }
    }

    /**
     * @param threads most tasks worked on at a time
     * @param pollingInterval how soon work is noticed that another manager made due
     * @param heartbeatInterval an execution that nobody works on is taken back after four
     * @param stuckScanInterval how often unfinished tasks without an execution are looked for
     * @param holding how long a step that waits is kept in hand before its execution is parked in the database
     * @param stopPatience how long running steps may go on when the manager stops, before they are interrupted
     */
    record Settings(
            int threads,
            Duration pollingInterval,
            Duration heartbeatInterval,
            Duration stuckScanInterval,
            Duration holding,
            Duration stopPatience) {

        static Settings standard() {
            return new Settings(
                    64,
                    Duration.ofSeconds(1),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(30),
                    Duration.ofMillis(250),
                    Duration.ofSeconds(5));
        }
    }

    /** Lives of managers, by names of which none is ever used again. */
    interface Lives {

        /** What executions of this manager are picked by. */
        String own();

        /** Lives that can do nothing any more. */
        Set<String> over();
    }
}

package dev.meseta.manager.tasks.internal;

import com.github.kagkarlsson.scheduler.Scheduler;
import com.github.kagkarlsson.scheduler.SchedulerName;
import com.github.kagkarlsson.scheduler.jdbc.PostgreSqlJdbcCustomization;
import com.github.kagkarlsson.scheduler.task.CompletionHandler;
import com.github.kagkarlsson.scheduler.task.Execution;
import com.github.kagkarlsson.scheduler.task.Task;
import com.github.kagkarlsson.scheduler.task.helper.Tasks;
import com.github.kagkarlsson.scheduler.task.schedule.FixedDelay;
import dev.meseta.manager.tasks.internal.TaskWorker.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.transaction.support.TransactionTemplate;

/** Has db-scheduler run the worker for tasks that are due: one execution per unfinished task. */
final class TaskDriver {

    private static final Logger log = LoggerFactory.getLogger(TaskDriver.class);
    private static final Duration STUCK_SCAN_INTERVAL = Duration.ofSeconds(30);
    private static final Duration AFTER_UNHANDLED_ERROR = Duration.ofSeconds(2);
    private static final int MISSED_HEARTBEATS = 4;

    private final DataSource dataSource;
    private final TransactionTemplate transactions;
    private final ExecutionTable executions;
    private final TaskWorker worker;
    private final InstantSource clock;
    private final Settings settings;
    private volatile @Nullable Scheduler scheduler;

    TaskDriver(
            DataSource dataSource,
            TransactionTemplate transactions,
            ExecutionTable executions,
            TaskWorker worker,
            InstantSource clock,
            Settings settings) {
        this.dataSource = dataSource;
        this.transactions = transactions;
        this.executions = executions;
        this.worker = worker;
        this.clock = clock;
        this.settings = settings;
    }

    /** Takes up what an earlier life of this manager left, then runs what is due. */
    void start() {
        if (scheduler != null) {
            throw new IllegalStateException("The task engine runs already.");
        }
        Instant now = clock.instant();
        transactions.executeWithoutResult(status -> {
            int released = executions.releaseOwn(settings.schedulerName(), now);
            int woken = executions.wakeAll(now);
            int missing = executions.insertMissing(now);
            if (released + woken + missing > 0) {
                log.info(
                        "Unfinished tasks: {} were running when this manager stopped, {} waiting, {} without a schedule.",
                        released,
                        woken,
                        missing);
            }
        });
        var stuckScan = Tasks.recurring("meseta-task-stuck-scan", FixedDelay.of(STUCK_SCAN_INTERVAL))
                .execute((instance, context) -> scanForStuck());
        Scheduler started = Scheduler.create(dataSource, List.<Task<?>>of(taskExecution()))
                .startTasks(List.of(stuckScan))
                .schedulerName(new SchedulerName.Fixed(settings.schedulerName()))
                .clock(clock::instant)
                .jdbcCustomization(new PostgreSqlJdbcCustomization(false, false))
                .pollUsingLockAndFetch(0.5, 1.0)
                .pollingInterval(settings.pollingInterval())
                .heartbeatInterval(settings.heartbeatInterval())
                .missedHeartbeatsLimit(MISSED_HEARTBEATS)
                .threads(settings.threads())
                .executorService(Executors.newThreadPerTaskExecutor(
                        Thread.ofVirtual().name("task-", 0).factory()))
                .shutdownMaxWait(settings.stopPatience())
                .build();
        started.start();
        scheduler = started;
    }

    /** Lets running steps end; what does not end in time goes on after the next start. */
    void stop() {
        Scheduler running = scheduler;
        scheduler = null;
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
                .onDeadExecutionRevive()
                .execute((instance, context) ->
                        execute(UUID.fromString(instance.getId()), context.getSchedulerState()::isShuttingDown));
    }

    private CompletionHandler<Void> execute(UUID taskId, BooleanSupplier stopping) {
        Outcome outcome = worker.run(taskId, stopping);
        // Stopping interrupts steps; what is left to do here are short statements that must get through.
        if (Thread.interrupted()) {
            log.debug("Task {} was interrupted.", taskId);
        }
        return (complete, operations) -> {
            switch (outcome) {
                case Outcome.Over over -> operations.stop();
                case Outcome.Parked parked -> park(complete.getExecution(), parked);
                // Nothing: whoever took the task has taken the execution too, or it is found dead and revived.
                case Outcome.Taken taken -> log.debug("Execution of task {} is left.", taskId);
                case Outcome.Go go ->
                    throw new IllegalStateException("task " + go.row().id() + " is not parked");
            }
        };
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
     * @param schedulerName the same over restarts of one manager, another for every other manager
     * @param threads most tasks worked on at a time
     * @param pollingInterval how soon work is noticed that another manager made due
     * @param heartbeatInterval an execution is taken from a manager that has missed four
     * @param stopPatience how long running steps may go on when the manager stops, before they are interrupted
     */
    record Settings(
            String schedulerName,
            int threads,
            Duration pollingInterval,
            Duration heartbeatInterval,
            Duration stopPatience) {

        static Settings of(String schedulerName) {
            return new Settings(schedulerName, 32, Duration.ofSeconds(1), Duration.ofSeconds(5), Duration.ofSeconds(5));
        }
    }
}

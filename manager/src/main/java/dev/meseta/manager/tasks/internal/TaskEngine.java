package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.audit.CommittedAudit;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.Topic;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.tracing.Tracing;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskItems;
import dev.meseta.manager.tasks.TaskLists;
import dev.meseta.manager.tasks.TaskWaits;
import dev.meseta.manager.tasks.Tasks;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.springframework.context.SmartLifecycle;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Puts the parts together. Starts after all other beans, stops before them. */
final class TaskEngine implements SmartLifecycle {

    private final TaskDriver driver;
    private final DurableTasks tasks;
    private final JdbcClient jdbc;
    private final TaskViews views;
    private final StoredTaskItems items;
    private final EndWaits waits;
    private final TaskMeters meters;

    TaskEngine(
            DataSource dataSource,
            PlatformTransactionManager transactionManager,
            EventPublisher publisher,
            CommittedAudit audit,
            Supplier<List<TaskHandler<?>>> handlerSource,
            UuidGenerator ids,
            InstantSource clock,
            BackOff backOff,
            MeterRegistry registry,
            Tracing tracing,
            TaskDriver.Lives lives,
            Topic<EndWaits.TaskEnded> ends,
            TaskDriver.Settings settings) {
        JdbcClient jdbc = JdbcClient.create(dataSource);
        var transactions = new TransactionTemplate(transactionManager);
        var json = new TaskJson();
        var store = new TaskStore(jdbc);
        var executions = new ExecutionTable(jdbc);
        var handlers = new HandlerRegistry(handlerSource);
        var events = new TaskEvents(publisher);
        var records = new TaskRecords(audit);
        var progress = new TaskProgress(store, publisher, json);
        items = new StoredTaskItems(jdbc, transactions, this::cancel);
        var views = new TaskViews(store, items, handlers, json);
        var heldTasks = new HeldTasks();
        var signals = new Signals(transactions, store, executions, heldTasks, this::checkNow, clock);
        waits = new EndWaits(store, views, clock, ends);
        meters = new TaskMeters(registry, jdbc);
        var spans = new TaskSpans(tracing);
        var committer =
                new StepCommitter(transactions, store, events, records, signals, waits, meters, spans, json, clock);
        var worker = new TaskWorker(
                store,
                handlers,
                committer,
                progress,
                meters,
                spans,
                json,
                backOff,
                heldTasks,
                settings.holding(),
                clock);
        driver = new TaskDriver(dataSource, transactions, executions, worker, clock, lives, settings);
        this.jdbc = jdbc;
        this.views = views;
        tasks = new DurableTasks(
                transactions,
                store,
                executions,
                handlers,
                signals,
                driver,
                events,
                records,
                progress,
                spans,
                views,
                json,
                ids,
                clock);
    }

    private void cancel(UUID taskId) {
        tasks.cancel(taskId);
    }

    Tasks tasks() {
        return tasks;
    }

    /** For people, within what they may do. */
    Tasks tasks(Access access) {
        return new GuardedTasks(tasks, new TaskAccess(jdbc, access));
    }

    TaskLists lists(Access access) {
        return new StoredTaskLists(jdbc, views, new TaskAccess(jdbc, access));
    }

    TaskItems items() {
        return items;
    }

    TaskMeters meters() {
        return meters;
    }

    TaskWaits waits() {
        return waits;
    }

    /** Looks for due work now. */
    void checkNow() {
        driver.checkNow();
    }

    /** Managers have died, or come. */
    void takeOverNow() {
        driver.takeOverNow();
    }

    @Override
    public void start() {
        waits.open();
        driver.start();
    }

    @Override
    public void stop() {
        waits.releaseAll();
        driver.stop();
    }

    @Override
    public boolean isRunning() {
        return driver.isRunning();
    }
}

package dev.meseta.manager.tasks.internal;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.membership.FakeTopic;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.tracing.Tracing;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A running engine on a database, with what a test needs around it. */
final class EngineBench implements AutoCloseable {

    static final BackOff FAST = new BackOff(Duration.ofMillis(5), Duration.ofMillis(40));

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private static TestPostgres.@Nullable Database database;

    private final Optional<HikariDataSource> ownPool;
    final RecordingEvents events = new RecordingEvents();
    /** What the audit log would have, in the order of the calls; also of transactions that did not commit. */
    final List<Audit.Entry> records = new CopyOnWriteArrayList<>();

    final TaskEngine engine;
    /** What the managers tell each other, when a test connects them. */
    final FakeTopic<EndWaits.TaskEnded> ends = new FakeTopic<>();

    final JdbcClient jdbc;
    final TransactionTemplate transactions;

    /** @param name of the manager: a second engine of the same name is its next life */
    EngineBench(DataSource dataSource, String name, InstantSource clock, BackOff backOff, TaskHandler<?>... handlers) {
        this(Optional.empty(), dataSource, name, clock, backOff, handlers);
    }

    private EngineBench(
            Optional<HikariDataSource> ownPool,
            DataSource dataSource,
            String name,
            InstantSource clock,
            BackOff backOff,
            TaskHandler<?>... handlers) {
        this(
                ownPool,
                dataSource,
                new EarlierLives(JdbcClient.create(dataSource), name, NUMBER.incrementAndGet()),
                clock,
                backOff,
                handlers);
    }

    EngineBench(DataSource dataSource, TaskDriver.Lives lives, TaskHandler<?>... handlers) {
        this(Optional.empty(), dataSource, lives, InstantSource.system(), FAST, handlers);
    }

    private EngineBench(
            Optional<HikariDataSource> ownPool,
            DataSource dataSource,
            TaskDriver.Lives lives,
            InstantSource clock,
            BackOff backOff,
            TaskHandler<?>... handlers) {
        this.ownPool = ownPool;
        var transactionManager = new JdbcTransactionManager(dataSource);
        jdbc = JdbcClient.create(dataSource);
        transactions = new TransactionTemplate(transactionManager);
        List<TaskHandler<?>> all = List.of(handlers);
        engine = new TaskEngine(
                dataSource,
                transactionManager,
                events,
                records::add,
                () -> all,
                new UuidGenerator(clock, new Random(NUMBER.incrementAndGet())),
                clock,
                backOff,
                new SimpleMeterRegistry(),
                Tracing.OFF,
                lives,
                ends,
                new TaskDriver.Settings(
                        16,
                        Duration.ofMillis(200),
                        Duration.ofSeconds(5),
                        Duration.ofMillis(500),
                        Duration.ofMillis(50),
                        Duration.ofSeconds(2)));
        engine.start();
    }

    /** One database for all tests of the engine, which run one after the other; its tables are emptied. */
    static synchronized TestPostgres.Database emptyDatabase() {
        TestPostgres.Database known = database;
        if (known == null) {
            known = TestPostgres.create();
            database = known;
        }
        JdbcClient.create(known.single())
                .sql("TRUNCATE task, task_step, task_item, scheduled_tasks")
                .update();
        return known;
    }

    static EngineBench start(TaskHandler<?>... handlers) {
        HikariDataSource pool = emptyDatabase().pool();
        return new EngineBench(Optional.of(pool), pool, "manager", InstantSource.system(), FAST, handlers);
    }

    Tasks tasks() {
        return engine.tasks();
    }

    TaskView submit(String kind) {
        return submit(kind, UUID.randomUUID(), true, Optional.empty());
    }

    TaskView submit(String kind, UUID target, boolean exclusive, Optional<Instant> deadline) {
        return tasks().submit(submission(kind, target, exclusive, deadline));
    }

    static Submission<Script.Payload> submission(
            String kind, UUID target, boolean exclusive, Optional<Instant> deadline) {
        return new Submission<>(
                kind,
                new Script.Payload(0, "text"),
                "vm",
                target,
                "web-1",
                exclusive,
                "correlation",
                "admin",
                deadline);
    }

    /** The task after it has ended. */
    TaskView ended(UUID taskId) {
        events.awaitEnd(taskId);
        return view(taskId);
    }

    TaskView view(UUID taskId) {
        return tasks().find(taskId).orElseThrow();
    }

    /** Lives of one name come one after the other: those before are over, also those of other processes. */
    private record EarlierLives(JdbcClient jdbc, String name, int number) implements TaskDriver.Lives {

        @Override
        public String own() {
            return name + ":" + number;
        }

        @Override
        public Set<String> over() {
            return Set.copyOf(jdbc.sql("SELECT DISTINCT picked_by FROM scheduled_tasks"
                            + " WHERE picked AND picked_by LIKE :name AND picked_by <> :own")
                    .param("name", name + ":%")
                    .param("own", own())
                    .query(String.class)
                    .list());
        }
    }

    @Override
    public void close() {
        engine.stop();
        ownPool.ifPresent(HikariDataSource::close);
    }
}

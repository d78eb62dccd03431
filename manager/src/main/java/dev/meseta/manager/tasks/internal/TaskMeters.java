package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.StateCounts;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How long steps and whole tasks take, and how many are under way. */
final class TaskMeters implements StateCounts {

    private final MeterRegistry registry;
    private final JdbcClient jdbc;

    TaskMeters(MeterRegistry registry, JdbcClient jdbc) {
        this.registry = registry;
        this.jdbc = jdbc;
    }

    Timer.Sample beginStep() {
        return Timer.start(registry);
    }

    /** @param result the kind of the step's result, or that it threw */
    void endStep(Timer.Sample sample, TaskRow row, String result) {
        sample.stop(Timer.builder("meseta.task.step")
                .description("Steps of tasks, with their calls to agents")
                .tag("kind", row.kind())
                .tag("phase", row.phase())
                .tag("result", result)
                .register(registry));
    }

    /** After the commit that ended it. */
    void ended(TaskRow row, Instant now) {
        Timer.builder("meseta.task")
                .description("Tasks from their submission to their end")
                .tag("kind", row.kind())
                .tag("state", row.state().name())
                .serviceLevelObjectives(
                        Duration.ofMillis(100),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(10),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(10))
                .register(registry)
                .record(Duration.between(row.createdAt(), now));
    }

    @Override
    public String name() {
        return "meseta.tasks.unfinished";
    }

    @Override
    public String description() {
        return "Tasks that have not ended, by kind";
    }

    @Override
    public String label() {
        return "kind";
    }

    @Override
    public Map<String, Long> counts() {
        Map<String, Long> counts = new LinkedHashMap<>();
        jdbc.sql("SELECT kind, count(*) FROM task WHERE state IN ('PENDING', 'RUNNING') GROUP BY kind")
                .query(row -> {
                    counts.put(row.getString(1), row.getLong(2));
                });
        return counts;
    }
}

package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.TaskView;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What the audit log has of tasks. */
@Tag("integration")
class TaskRecordsTest {

    private static List<Audit.Entry> recordsOf(EngineBench bench, TaskView task) {
        return bench.records.stream()
                .filter(entry -> task.id().toString().equals(entry.detail().get("taskId")))
                .toList();
    }

    @Test
    void a_task_is_recorded_when_it_is_taken_in_and_when_it_has_succeeded() {
        var script = new Script("test.recorded").on(Script.Steps.FIRST, Script::succeed);
        try (var bench = EngineBench.start(script)) {
            TaskView task = bench.ended(bench.submit("test.recorded").id());
            List<Audit.Entry> records = recordsOf(bench, task);
            assertThat(records).extracting(Audit.Entry::action).containsExactly("task.started", "task.ended");
            assertThat(records).allSatisfy(entry -> {
                assertThat(entry.correlationId()).isEqualTo(task.correlationId());
                assertThat(entry.principal()).isEqualTo(task.requestedBy());
                assertThat(entry.objectId()).isEqualTo(task.target().id().toString());
                assertThat(entry.objectName()).isEqualTo(task.target().name());
                assertThat(entry.objectKind()).isEqualTo(task.target().kind() + "s");
                assertThat(entry.detail()).containsEntry("task", "test.recorded");
                assertThat(entry.outcome()).isEqualTo(Outcome.SUCCESS);
            });
        }
    }

    @Test
    void a_failure_is_recorded_with_its_code_and_detail() {
        var script = new Script("test.failed")
                .maxAttempts(1)
                .on(Script.Steps.FIRST, context -> Script.retry(ErrorCode.DOMAIN_START_FAILED));
        try (var bench = EngineBench.start(script)) {
            TaskView task = bench.ended(bench.submit("test.failed").id());
            Audit.Entry end = recordsOf(bench, task).getLast();
            assertThat(end.action()).isEqualTo("task.ended");
            assertThat(end.outcome()).isEqualTo(Outcome.FAILED);
            assertThat(end.code()).isEqualTo("DOMAIN_START_FAILED");
            assertThat(end.detail()).containsEntry("state", "FAILED").containsEntry("error", "not this time");
        }
    }
}

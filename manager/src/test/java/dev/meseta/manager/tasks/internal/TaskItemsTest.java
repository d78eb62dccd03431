package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.meseta.manager.fakes.OpenAccess;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskItem;
import dev.meseta.manager.tasks.TaskItems;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.internal.Script.Payload;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Tasks with parts. */
@Tag("integration")
class TaskItemsTest {

    private final AtomicReference<EngineBench> running = new AtomicReference<>();
    private final UUID good = UUID.randomUUID();
    private final UUID bad = UUID.randomUUID();
    private final UUID refusing = UUID.randomUUID();

    private final Script child = new Script("test.child")
            .on(
                    Steps.FIRST,
                    context -> context.targetId().equals(bad)
                            ? Script.fail(context, ErrorCode.DOMAIN_START_FAILED)
                            : Script.succeed(context));

    private EngineBench bench() {
        return Objects.requireNonNull(running.get());
    }

    private TaskView begin(TaskItem item) {
        UUID target = item.target().id();
        TaskView begun = bench().submit("test.child", target, true, Optional.empty());
        if (target.equals(refusing)) {
            throw new MesetaException(ErrorCode.VM_RUNNING, "It runs.");
        }
        return begun;
    }

    private StepResult<Payload> work(TaskContext<Payload> context) {
        TaskItems items = bench().engine.items();
        for (TaskItem item : items.waiting(context.taskId(), 2)) {
            items.begin(context.taskId(), item, () -> begin(item));
            // As after a crash, or by a second manager: it was begun.
            items.begin(context.taskId(), item, () -> begin(item));
        }
        TaskItems.Counts counts = items.counts(context.taskId());
        if (counts.isOver()) {
            return Script.succeed(context);
        }
        return counts.waiting() > 0 ? Script.advance(context, Steps.SECOND) : Script.await(context);
    }

    private TaskView submit(UUID... targets) {
        List<TaskItems.Draft> drafts = new ArrayList<>();
        for (UUID target : targets) {
            drafts.add(new TaskItems.Draft(target, "vm-" + drafts.size(), null));
        }
        return Objects.requireNonNull(bench().transactions.execute(status -> {
            TaskView parent = bench().submit("test.parent");
            bench().engine.items().add(parent.id(), drafts);
            return parent;
        }));
    }

    @Test
    void every_part_begins_once_has_a_result_of_its_own_and_wakes_its_parent() {
        var parent = new Script("test.parent");
        parent.on(Steps.FIRST, this::work).on(Steps.SECOND, this::work);
        try (var bench = EngineBench.start(parent, child)) {
            running.set(bench);
            UUID id = submit(good, bad, refusing).id();
            TaskView ended = bench.ended(id);

            assertThat(ended.state()).isEqualTo(TaskState.SUCCEEDED);
            assertThat(ended.items())
                    .extracting(TaskItem::number, item -> item.target().id(), TaskItem::state, item -> code(item))
                    .containsExactly(
                            tuple(1, good, TaskItem.State.SUCCEEDED, ""),
                            tuple(2, bad, TaskItem.State.FAILED, "DOMAIN_START_FAILED"),
                            tuple(3, refusing, TaskItem.State.REFUSED, "VM_RUNNING"));
            assertThat(bench.engine.items().counts(id)).isEqualTo(new TaskItems.Counts(3, 0, 0, 1, 1, 0, 1));
            List<TaskView> children = bench.engine
                    .lists(new OpenAccess())
                    .list(new ListRequest("parent:" + id, "", 10, ""))
                    .items();
            assertThat(children).hasSize(2).allSatisfy(part -> {
                assertThat(part.parentId()).isEqualTo(id);
                assertThat(part.kind()).isEqualTo("test.child");
            });
            assertThat(bench.engine
                            .lists(new OpenAccess())
                            .list(new ListRequest("parent:none", "", 10, ""))
                            .items())
                    .extracting(TaskView::id)
                    .containsExactly(id);
            assertThat(bench.jdbc
                            .sql("SELECT count(*) FROM task WHERE kind = 'test.child'")
                            .query(Integer.class)
                            .single())
                    .isEqualTo(2);
        }
    }

    @Test
    void parts_that_have_begun_can_be_asked_to_stop() throws InterruptedException {
        Set<UUID> begun = ConcurrentHashMap.newKeySet();
        var bothBegun = new CountDownLatch(2);
        var patient = new Script("test.child").on(Steps.FIRST, context -> {
            if (begun.add(context.targetId())) {
                bothBegun.countDown();
            }
            return context.cancelRequested() ? Script.fail(context, ErrorCode.CANCELLED) : Script.await(context);
        });
        var parent = new Script("test.parent").on(Steps.FIRST, context -> {
            if (context.cancelRequested()) {
                bench().engine.items().cancelRunning(context.taskId());
            }
            return work(context);
        });
        try (var bench = EngineBench.start(parent, patient)) {
            running.set(bench);
            UUID id = submit(good, bad).id();
            assertThat(bothBegun.await(30, TimeUnit.SECONDS)).isTrue();
            bench.engine.tasks().cancel(id);
            TaskView ended = bench.ended(id);
            assertThat(ended.items()).extracting(TaskItem::state).containsOnly(TaskItem.State.CANCELLED);
        }
    }

    @Test
    void parts_that_have_not_begun_can_be_refused_all_at_once() {
        var parent = new Script("test.parent").on(Steps.FIRST, context -> {
            bench().engine.items().refuseWaiting(context.taskId(), ErrorCode.CANCELLED, "not any more");
            return Script.succeed(context);
        });
        try (var bench = EngineBench.start(parent, child)) {
            running.set(bench);
            TaskView ended = bench.ended(submit(good, bad).id());
            assertThat(ended.items()).extracting(TaskItem::state).containsOnly(TaskItem.State.CANCELLED);
            assertThat(child.operations).isEmpty();
        }
    }

    private static String code(TaskItem item) {
        TaskView.TaskError error = item.error();
        return error == null ? "" : error.code();
    }
}

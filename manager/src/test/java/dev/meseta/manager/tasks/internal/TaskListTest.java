package dev.meseta.manager.tasks.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import dev.meseta.manager.fakes.OpenAccess;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.internal.Script.Steps;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Searching and paging. */
@Tag("integration")
class TaskListTest {

    private final Script waiting = new Script("test.waiting").on(Steps.FIRST, Script::await);
    private final Script quick = new Script("test.quick").on(Steps.FIRST, Script::succeed);

    private static List<UUID> ids(EngineBench bench, String q) {
        return bench.engine.lists(new OpenAccess()).list(ListRequest.of(q, null, null, null)).items().stream()
                .map(TaskView::id)
                .toList();
    }

    @Test
    void pages_hold_every_task_once_newest_first() {
        try (var bench = EngineBench.start(waiting)) {
            List<UUID> submitted = new ArrayList<>();
            for (int i = 0; i < 23; i++) {
                submitted.addFirst(bench.submit("test.waiting").id());
            }
            List<UUID> listed = new ArrayList<>();
            String cursor = null;
            do {
                Page<TaskView> page = bench.engine.lists(new OpenAccess()).list(ListRequest.of(null, null, 5, cursor));
                page.items().forEach(task -> listed.add(task.id()));
                cursor = page.nextCursor();
            } while (cursor != null);
            assertThat(listed).isEqualTo(submitted);
        }
    }

    @Test
    void terms_narrow_the_list() {
        try (var bench = EngineBench.start(waiting, quick)) {
            UUID target = UUID.randomUUID();
            UUID held =
                    bench.submit("test.waiting", target, true, Optional.empty()).id();
            UUID done = bench.submit("test.quick").id();
            bench.ended(done);

            assertThat(ids(bench, "state:succeeded")).containsExactly(done);
            assertThat(ids(bench, "kind:test.w*")).containsExactly(held);
            assertThat(ids(bench, "target:" + target)).containsExactly(held);
            assertThat(ids(bench, "target:web-*")).containsExactlyInAnyOrder(held, done);
            assertThat(ids(bench, "QUICK web")).containsExactly(done);
            assertThat(ids(bench, "target:web-1 state:FAILED")).isEmpty();
            assertThat(bench.engine.lists(new OpenAccess()).unfinished(List.of(target, UUID.randomUUID())))
                    .isEqualTo(Map.of(target, held));
            assertThatExceptionOfType(MesetaException.class)
                    .isThrownBy(() -> ids(bench, "colour:red"))
                    .satisfies(e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST));
        }
    }
}

package dev.meseta.manager.tasks;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.List;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Tasks with parts: each part is begun as a task of its own, exactly once, and signals its parent when it ends. Knows how
 * the parts stand; which of them to begin when is the parent's handler's to say.
 */
public interface TaskItems {

    /** Notes the parts of a task, in the transaction that submits it. */
    void add(UUID taskId, List<Draft> drafts);

    /** The next parts that have neither begun nor been refused, in order. */
    List<TaskItem> waiting(UUID taskId, int atMost);

    /**
     * Begins one part: what {@code submission} does, the part's link to its task and the task's link to its parent commit
     * together, or nothing does. A refusal is noted as the part's result. No effect on a part that was begun before.
     */
    void begin(UUID taskId, TaskItem item, Supplier<TaskView> submission);

    /** No part that has not begun will. */
    void refuseWaiting(UUID taskId, ErrorCode code, String detail);

    /** Asks every part that has begun and not ended to stop; each stops where its own kind of task can. */
    void cancelRunning(UUID taskId);

    Counts counts(UUID taskId);

    /** All parts, in order; empty for a task without. */
    List<TaskItem> of(UUID taskId);

    /**
     * A part to be.
     *
     * @param refusal why it cannot be begun; null: it can
     */
    record Draft(UUID targetId, String targetName, @Nullable MesetaException refusal) {}

    /** How many parts stand how. */
    record Counts(int total, int waiting, int running, int succeeded, int failed, int cancelled, int refused) {

        public int ended() {
            return total - waiting - running;
        }

        public boolean isOver() {
            return waiting == 0 && running == 0;
        }
    }
}

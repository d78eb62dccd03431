package dev.meseta.manager.tasks;

/**
 * The phase machine of one kind of task. A step reads facts, may make remote calls (it runs outside any transaction),
 * and answers with at most one next phase. After a crash the phase runs again with the same attempt, so that operation
 * ids derived from (task, phase, attempt) are the same and agents answer from their journals.
 *
 * @param <P> payload, a record that Jackson can write and read
 */
public interface TaskHandler<P extends Record> {

    /** Stable name, e.g. "vm.migrate"; never a class name. */
    String kind();

    /** Version of the payload's shape; a manager leaves tasks with a higher one alone. */
    int schemaVersion();

    Class<P> payloadType();

    /** Every phase, in order; the first is where a new task begins. */
    Class<? extends Enum<?>> phases();

    /** One step of the machine. Exceptions other than MesetaException of category AGENT count as a retry. */
    StepResult<P> step(TaskContext<P> context);
}

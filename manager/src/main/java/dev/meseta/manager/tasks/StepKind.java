package dev.meseta.manager.tasks;

/** How a step ended, in the step log. Never renamed. */
public enum StepKind {
    /** The task is in its next phase. */
    ADVANCED,
    /** The phase runs again as a new attempt. */
    RETRIED,
    /** The phase runs again as the same attempt, because nobody knows what became of it. */
    REPEATED,
    FAILED,
    /** What was done is being taken back; the task will end with the error that it says. */
    COMPENSATED,
    CANCELLED,
    SUCCEEDED
}

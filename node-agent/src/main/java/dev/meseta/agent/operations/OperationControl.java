package dev.meseta.agent.operations;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What a running operation knows of its caller's wishes. */
public final class OperationControl {

    private final Optional<Instant> deadline;
    private final List<Runnable> hooks = new ArrayList<>();
    private boolean cancelled;

    OperationControl(Optional<Instant> deadline) {
        this.deadline = deadline;
    }

    /** For work that nobody cancels and that may take as long as it takes. */
    public static OperationControl unattended() {
        return new OperationControl(Optional.empty());
    }

    /** After it the work should be given up where that is safe. */
    public Optional<Instant> deadline() {
        return deadline;
    }

    /** Whether somebody asked it to stop. */
    public synchronized boolean cancelled() {
        return cancelled;
    }

    /** Runs the hook when somebody asks to stop; at once when that has happened already. */
    public void onCancel(Runnable hook) {
        synchronized (this) {
            if (!cancelled) {
                hooks.add(hook);
                return;
            }
        }
        hook.run();
    }

    /** @throws AgentException CANCELLED when somebody asked it to stop */
    public void stopIfCancelled() {
        if (cancelled()) {
            throw new AgentException(AgentErrorCode.CANCELLED, "Cancelled on request");
        }
    }

    void cancel() {
        List<Runnable> toRun;
        synchronized (this) {
            if (cancelled) {
                return;
            }
            cancelled = true;
            toRun = List.copyOf(hooks);
        }
        toRun.forEach(Runnable::run);
    }
}

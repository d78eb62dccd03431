package dev.meseta.manager.shared;

import java.util.UUID;
import java.util.function.Consumer;

/** Lets whoever answers a request know, inside the transaction that takes it in, which task it became. */
public final class TakenIn {

    private static final ScopedValue<Consumer<UUID>> LISTENER = ScopedValue.newInstance();

    private TakenIn() {}

    /**
     * Called in the transaction that stores a task.
     *
     * @throws MesetaException REQUEST_IN_PROGRESS when the request is answered by somebody else by now; nothing must be stored
     */
    public static void as(UUID taskId) {
        if (LISTENER.isBound()) {
            LISTENER.get().accept(taskId);
        }
    }

    /** Does some work and hears of the tasks that it stores. */
    public static <T, X extends Throwable> T listening(
            Consumer<UUID> listener, ScopedValue.CallableOp<? extends T, X> work) throws X {
        return ScopedValue.where(LISTENER, listener).call(work);
    }
}

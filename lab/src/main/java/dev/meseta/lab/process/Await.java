package dev.meseta.lab.process;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * Waits for something outside this process that tells nobody when it changes: a socket that answers, a guest that has
 * booted. The only place of the lab that polls.
 */
public final class Await {

    private static final Duration INTERVAL = Duration.ofMillis(50);

    private Await() {}

    /**
     * Asks until the answer is yes.
     *
     * @param what names the condition in the error
     * @throws AwaitTimeoutException when the limit passes first
     */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        result(what, limit, () -> condition.getAsBoolean() ? Optional.of(true) : Optional.<Boolean>empty());
    }

    /**
     * Asks until there is an answer.
     *
     * @throws AwaitTimeoutException when the limit passes first
     */
    public static <T> T result(String what, Duration limit, Supplier<Optional<T>> question) {
        long end = System.nanoTime() + limit.toNanos();
        while (true) {
            Optional<T> answer = question.get();
            if (answer.isPresent()) {
                return answer.get();
            }
            if (System.nanoTime() - end >= 0 || Thread.currentThread().isInterrupted()) {
                throw new AwaitTimeoutException("waited %d s in vain for %s".formatted(limit.toSeconds(), what));
            }
            LockSupport.parkNanos(INTERVAL.toNanos());
        }
    }

    /** Something did not happen in time. */
    public static final class AwaitTimeoutException extends RuntimeException {

        private static final long serialVersionUID = 1L;

        AwaitTimeoutException(String message) {
            super(message);
        }
    }
}

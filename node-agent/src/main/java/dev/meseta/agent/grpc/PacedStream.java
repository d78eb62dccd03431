package dev.meseta.agent.grpc;

import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Sends to one watcher, never faster than it reads: what it does not take waits where it comes from, not in memory here. */
final class PacedStream<T> {

    private final ServerCallStreamObserver<T> observer;
    private final Executor executor;
    private final AtomicInteger wakes = new AtomicInteger();
    private volatile Supplier<Optional<T>> source = Optional::empty;
    private volatile Runnable close = () -> {};

    /** @param executor where the source is asked; it may block */
    PacedStream(ServerCallStreamObserver<T> observer, Executor executor) {
        this.observer = observer;
        this.executor = executor;
    }

    /**
     * Begins to send. Must be called on the thread of the call, before it returns.
     *
     * @param source the next message, or empty when there is none now
     * @param close when the watcher has gone away, or the source failed
     */
    void begin(Supplier<Optional<T>> source, Runnable close) {
        this.source = source;
        this.close = close;
        observer.setOnCancelHandler(close);
        observer.setOnReadyHandler(this::wake);
        wake();
    }

    /** There may be something to send. Does not block. */
    void wake() {
        // The first to come starts the work; who comes meanwhile makes it look once more.
        if (wakes.getAndIncrement() == 0) {
            executor.execute(this::feed);
        }
    }

    private void feed() {
        try {
            int seen = wakes.get();
            do {
                sendWhatIsThere();
                seen = wakes.addAndGet(-seen);
            } while (seen != 0);
        } catch (RuntimeException e) {
            close.run();
            if (!observer.isCancelled()) {
                observer.onError(GrpcErrors.toCaller(e));
            }
        }
    }

    private void sendWhatIsThere() {
        while (observer.isReady() && !observer.isCancelled()) {
            Optional<T> message = source.get();
            if (message.isEmpty()) {
                return;
            }
            observer.onNext(message.get());
        }
    }
}

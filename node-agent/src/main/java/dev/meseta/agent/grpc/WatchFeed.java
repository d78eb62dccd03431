package dev.meseta.agent.grpc;

import dev.meseta.agent.watch.WatchHub;
import dev.meseta.agent.watch.WatchItem;
import dev.meseta.proto.v1.WatchEvent;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;

/** Feeds one watcher, never faster than it reads: what it does not take waits in the hub's ring, not in memory here. */
final class WatchFeed {

    private final ServerCallStreamObserver<WatchEvent> observer;
    private final Executor executor;
    private final WatchHub.Watcher watcher;
    private final AtomicInteger wakes = new AtomicInteger();

    WatchFeed(WatchHub hub, String resumeToken, ServerCallStreamObserver<WatchEvent> observer, Executor executor) {
        this.observer = observer;
        this.executor = executor;
        this.watcher = hub.watch(resumeToken, this::wake);
    }

    /** Must be called on the thread of the call, before it returns. */
    void begin() {
        observer.setOnCancelHandler(watcher::close);
        observer.setOnReadyHandler(this::wake);
        wake();
    }

    private void wake() {
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
            watcher.close();
            if (!observer.isCancelled()) {
                observer.onError(GrpcErrors.toCaller(e));
            }
        }
    }

    private void sendWhatIsThere() {
        while (observer.isReady() && !observer.isCancelled()) {
            Optional<WatchItem> item = watcher.poll();
            if (item.isEmpty()) {
                return;
            }
            observer.onNext(Encoder.watchEvent(item.get()));
        }
    }
}

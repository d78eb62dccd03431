package dev.meseta.agent.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.channels.ByteChannel;
import java.util.concurrent.Executor;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The answering end of a stream of bytes: the first frame says what is wanted, and then that answers.
 *
 * @param <F> what carries the bytes
 */
final class ArrivingBytes<F> implements StreamObserver<F> {

    private final Opening<F> opening;
    private final Framing<F> framing;
    private final ServerCallStreamObserver<F> caller;
    private final Executor executor;
    private volatile @Nullable BytePipe<F> pipe;
    private boolean begun;
    private boolean broken;
    private boolean completed;

    /** Makes what the first frame asks for; may take a moment. */
    interface Opening<F> {

        /** @throws RuntimeException what the caller is told */
        Local open(F first);
    }

    /** What answers. */
    record Local(ByteChannel channel, Runnable close) {}

    /** How bytes are carried. */
    record Framing<F>(Function<F, ByteString> bytes, Function<ByteString, F> frame) {}

    /** @param executor for threads that copy */
    ArrivingBytes(Opening<F> opening, Framing<F> framing, StreamObserver<F> caller, Executor executor) {
        this.opening = opening;
        this.framing = framing;
        this.caller = (ServerCallStreamObserver<F>) caller;
        this.executor = executor;
        begin();
    }

    private void begin() {
        caller.disableAutoRequest();
        caller.setOnReadyHandler(() -> {
            BytePipe<F> open = pipe;
            if (open != null) {
                open.wake();
            }
        });
        // Instead of onError, once it is set.
        caller.setOnCancelHandler(this::broke);
        caller.request(1);
    }

    @Override
    public void onNext(F frame) {
        BytePipe<F> open = pipe;
        if (open != null) {
            open.arrived(framing.bytes().apply(frame));
            return;
        }
        synchronized (this) {
            begun = true;
        }
        // To connect may take a moment, which the stream's own thread does not have.
        executor.execute(() -> open(frame));
    }

    /** The next frame is asked for when this one is written, so none comes meanwhile; an end may. */
    private void open(F first) {
        try {
            Local local = opening.open(first);
            BytePipe<F> opened = new BytePipe<>(local.channel(), caller, framing.frame(), local.close());
            synchronized (this) {
                // First, because what is written asks for the next frame.
                pipe = opened;
                opened.start(executor);
                opened.arrived(framing.bytes().apply(first));
                if (broken) {
                    opened.remoteFailed();
                } else if (completed) {
                    opened.remoteCompleted();
                }
            }
        } catch (RuntimeException e) {
            caller.onError(GrpcErrors.toCaller(e));
        }
    }

    @Override
    public void onError(Throwable thrown) {
        broke();
    }

    private synchronized void broke() {
        broken = true;
        BytePipe<F> open = pipe;
        if (open != null) {
            open.remoteFailed();
        }
    }

    @Override
    public synchronized void onCompleted() {
        completed = true;
        BytePipe<F> open = pipe;
        if (open != null) {
            open.remoteCompleted();
        } else if (!begun) {
            caller.onCompleted();
        }
    }
}

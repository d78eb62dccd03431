package dev.meseta.manager.agents.internal;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.meseta.manager.agents.HostConsoles;
import dev.meseta.proto.v1.ConsoleFrame;
import dev.meseta.proto.v1.ConsoleTarget;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;

/** One open console: frames are asked for one by one, and sent only while the host takes them. */
final class ConsoleStream implements HostConsoles.Link, ClientResponseObserver<ConsoleFrame, ConsoleFrame> {

    private final HostConsoles.Receiver receiver;
    private final CompletableFuture<Void> opened = new CompletableFuture<>();
    /** Holds one frame at most, for the next is asked for when it is delivered, and a mark of the end. */
    private final BlockingQueue<Optional<ByteString>> inbox = new LinkedBlockingQueue<>();

    private final Object readiness = new Object();
    private volatile @Nullable ClientCallStreamObserver<ConsoleFrame> host;
    private volatile boolean ended;

    ConsoleStream(HostConsoles.Receiver receiver) {
        this.receiver = receiver;
    }

    /** Completes when the host has opened the console, or with what it said instead. */
    CompletableFuture<Void> opened() {
        return opened;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ConsoleFrame> stream) {
        host = stream;
        stream.disableAutoRequestWithInitial(1);
        stream.setOnReadyHandler(this::wake);
    }

    void begin(ConsoleTarget target) {
        started().onNext(ConsoleFrame.newBuilder().setTarget(target).build());
    }

    /** Hands over what comes until there is nothing more. */
    void deliver() {
        try {
            for (Optional<ByteString> data = inbox.take(); data.isPresent(); data = inbox.take()) {
                receiver.received(data.get().toByteArray());
                next();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            close();
            receiver.ended();
        }
    }

    @Override
    public void onNext(ConsoleFrame frame) {
        if (opened.complete(null)) {
            next();
        } else {
            inbox.add(Optional.of(frame.getData()));
        }
    }

    @Override
    public void onError(Throwable failure) {
        boolean unused = opened.completeExceptionally(failure);
        end();
    }

    @Override
    public void onCompleted() {
        boolean unused = opened.completeExceptionally(new IllegalStateException("the console ended"));
        end();
    }

    private void end() {
        ended = true;
        wake();
        inbox.add(Optional.empty());
    }

    @Override
    public void send(byte[] bytes) {
        ClientCallStreamObserver<ConsoleFrame> stream = started();
        synchronized (readiness) {
            while (!ended && !stream.isReady()) {
                try {
                    // Woken by the stream; the limit is for a wake that came between the two looks.
                    readiness.wait(1_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException("interrupted while the host takes its time", e);
                }
            }
            if (ended) {
                throw new IllegalStateException("the console has ended");
            }
            stream.onNext(ConsoleFrame.newBuilder()
                    .setData(UnsafeByteOperations.unsafeWrap(bytes))
                    .build());
        }
    }

    @Override
    public void close() {
        if (!ended) {
            started().cancel("closed", null);
        }
    }

    private void next() {
        // The stream is not made for several threads at once.
        synchronized (readiness) {
            started().request(1);
        }
    }

    private void wake() {
        synchronized (readiness) {
            readiness.notifyAll();
        }
    }

    private ClientCallStreamObserver<ConsoleFrame> started() {
        ClientCallStreamObserver<ConsoleFrame> stream = host;
        if (stream == null) {
            throw new IllegalStateException("The stream was not begun");
        }
        return stream;
    }
}

package dev.meseta.agent.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Status;
import io.grpc.stub.CallStreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Function;

/**
 * Copies bytes between a local channel and a stream of frames, both ways, each no faster than the other end takes them: the
 * local side is read only while the stream is ready, and the next frame is asked for only when the last one is written.
 */
final class BytePipe<F> {

    private static final System.Logger LOG = System.getLogger(BytePipe.class.getName());
    private static final int BUFFER_BYTES = 64 << 10;

    private final ByteChannel local;
    private final CallStreamObserver<F> remote;
    private final Function<ByteString, F> framing;
    private final Runnable onEnd;
    /** Holds one frame at most, for the next is asked for when it is written, and a mark of the end. */
    private final BlockingQueue<Optional<ByteString>> inbox = new LinkedBlockingQueue<>();
    /** The stream is not made for several threads at once. */
    private final Object sending = new Object();

    private final Object readiness = new Object();
    private volatile boolean remoteSaidAll;
    private boolean localEnded;
    private boolean remoteEnded;
    private boolean ended;

    /**
     * @param framing how bytes are sent
     * @param onEnd runs once, when nothing is carried any more; closes the local end
     */
    BytePipe(ByteChannel local, CallStreamObserver<F> remote, Function<ByteString, F> framing, Runnable onEnd) {
        this.local = local;
        this.remote = remote;
        this.framing = framing;
        this.onEnd = onEnd;
    }

    /**
     * Begins to copy, on two threads: a socket that does not take bytes must keep neither the other direction nor the
     * stream's own callbacks from going on.
     */
    void start(Executor executor) {
        executor.execute(this::copyOut);
        executor.execute(this::copyIn);
    }

    /** The stream may have become ready. */
    void wake() {
        synchronized (readiness) {
            readiness.notifyAll();
        }
    }

    /** Takes what came; the next frame is asked for when it is written. */
    void arrived(ByteString data) {
        inbox.add(Optional.of(data));
    }

    /** The other side has nothing more to say; what is still to be said to it goes on. */
    void remoteCompleted() {
        remoteSaidAll = true;
        inbox.add(Optional.empty());
    }

    /** The stream is broken. */
    void remoteFailed() {
        end();
    }

    private void copyIn() {
        try {
            for (Optional<ByteString> data = inbox.take(); data.isPresent(); data = inbox.take()) {
                for (ByteBuffer part : data.get().asReadOnlyByteBufferList()) {
                    while (part.hasRemaining()) {
                        local.write(part);
                    }
                }
                synchronized (sending) {
                    remote.request(1);
                }
            }
            if (remoteSaidAll) {
                finishLocal();
            }
        } catch (ClosedChannelException e) {
            LOG.log(System.Logger.Level.DEBUG, "The local side is closed already", e);
        } catch (IOException e) {
            breakOff(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            breakOff(e);
        }
        endWhenBoth(false);
    }

    /** A socket's other end may have something left to say; whatever else there is has no halves. */
    private void finishLocal() throws IOException {
        if (local instanceof SocketChannel socket) {
            socket.shutdownOutput();
        } else {
            local.close();
        }
    }

    private void copyOut() {
        ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES);
        try {
            while (local.read(buffer.clear()) >= 0) {
                // The frame keeps its bytes until it is sent, so it gets its own; then nothing copies them again.
                byte[] bytes = Arrays.copyOf(buffer.array(), buffer.position());
                if (!awaitReady()) {
                    return;
                }
                synchronized (sending) {
                    remote.onNext(framing.apply(UnsafeByteOperations.unsafeWrap(bytes)));
                }
            }
            synchronized (sending) {
                remote.onCompleted();
            }
            endWhenBoth(true);
        } catch (IOException | IllegalStateException e) {
            // IllegalStateException: the stream was broken by the other side meanwhile.
            breakOff(e);
        }
    }

    private boolean awaitReady() {
        synchronized (readiness) {
            while (!remote.isReady() && !ended) {
                try {
                    // Woken by the stream; the limit is for a wake that came between the two looks.
                    readiness.wait(1_000);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return false;
                }
            }
            return !ended;
        }
    }

    private void breakOff(Exception cause) {
        synchronized (readiness) {
            if (ended) {
                return;
            }
        }
        LOG.log(System.Logger.Level.DEBUG, "A stream of bytes broke", cause);
        end();
        try {
            synchronized (sending) {
                remote.onError(Status.CANCELLED
                        .withDescription("The local side closed")
                        .asRuntimeException());
            }
        } catch (IllegalStateException e) {
            LOG.log(System.Logger.Level.DEBUG, "The stream had ended already", e);
        }
    }

    private void endWhenBoth(boolean localSide) {
        boolean both;
        synchronized (readiness) {
            localEnded |= localSide;
            remoteEnded |= !localSide;
            both = localEnded && remoteEnded;
        }
        if (both) {
            end();
        }
    }

    private void end() {
        synchronized (readiness) {
            if (ended) {
                return;
            }
            ended = true;
            readiness.notifyAll();
        }
        inbox.add(Optional.empty());
        onEnd.run();
    }
}

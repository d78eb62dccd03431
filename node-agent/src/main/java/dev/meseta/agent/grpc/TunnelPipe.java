package dev.meseta.agent.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.meseta.proto.v1.TunnelFrame;
import io.grpc.stub.CallStreamObserver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.concurrent.Executor;

/**
 * Copies bytes between a local socket and a stream of frames, both ways, each no faster than the other end takes them: the
 * local side is read only while the stream is ready, and the next frame is asked for only when the last one is written.
 */
final class TunnelPipe {

    private static final System.Logger LOG = System.getLogger(TunnelPipe.class.getName());
    private static final int BUFFER_BYTES = 64 << 10;

    private final SocketChannel local;
    private final CallStreamObserver<TunnelFrame> remote;
    private final Runnable onEnd;
    private final Object readiness = new Object();
    private boolean localEnded;
    private boolean remoteEnded;
    private boolean ended;

    /** @param onEnd runs once, when nothing is carried any more; closes the local socket */
    TunnelPipe(SocketChannel local, CallStreamObserver<TunnelFrame> remote, Runnable onEnd) {
        this.local = local;
        this.remote = remote;
        this.onEnd = onEnd;
    }

    /** Begins to copy from the local socket. */
    void start(Executor executor) {
        executor.execute(this::copyOut);
    }

    /** The stream may have become ready. */
    void wake() {
        synchronized (readiness) {
            readiness.notifyAll();
        }
    }

    /** Writes what came; returns when the socket has taken it. */
    void arrived(ByteString data) {
        try {
            for (ByteBuffer part : data.asReadOnlyByteBufferList()) {
                while (part.hasRemaining()) {
                    local.write(part);
                }
            }
        } catch (IOException e) {
            breakOff(e);
        }
    }

    /** The other side has nothing more to say; what is still to be said to it goes on. */
    void remoteCompleted() {
        try {
            local.shutdownOutput();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "The local side was closed already", e);
        }
        endWhenBoth(false);
    }

    /** The stream is broken. */
    void remoteFailed() {
        end();
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
                remote.onNext(TunnelFrame.newBuilder()
                        .setData(UnsafeByteOperations.unsafeWrap(bytes))
                        .build());
            }
            remote.onCompleted();
            endWhenBoth(true);
        } catch (ClosedChannelException e) {
            breakOff(e);
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
        LOG.log(System.Logger.Level.DEBUG, "A tunnel broke", cause);
        end();
        try {
            remote.onError(io.grpc.Status.CANCELLED
                    .withDescription("The local side of the tunnel closed")
                    .asRuntimeException());
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
        onEnd.run();
    }
}

package dev.meseta.manager.audit.internal;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/** A receiver of RFC 5425 at a real TLS socket: takes frames apart and keeps what is in them. */
final class TlsSyslogReceiver implements AutoCloseable {

    private static final long PATIENCE_SECONDS = 30;

    private final SSLServerSocket listening;
    private final BlockingQueue<String> frames = new LinkedBlockingQueue<>();
    private final BlockingQueue<Integer> ended = new LinkedBlockingQueue<>();
    private volatile int hangUpAfter = Integer.MAX_VALUE;
    private volatile @Nullable SSLSocket current;

    TlsSyslogReceiver(SSLContext context) throws IOException {
        listening = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"));
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    /** Every connection from now on is reset after so many frames. */
    void hangUpAfter(int frameCount) {
        hangUpAfter = frameCount;
    }

    /** Waits for the next one. */
    String next() throws InterruptedException {
        String frame = frames.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame came");
        }
        return frame;
    }

    /** Waits until a connection has ended; how many frames had come on it. */
    int end() throws InterruptedException {
        Integer count = ended.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
        if (count == null) {
            throw new AssertionError("no connection has ended");
        }
        return count;
    }

    boolean hasMore() {
        return !frames.isEmpty();
    }

    private void accept() {
        try {
            while (!listening.isClosed()) {
                SSLSocket socket = (SSLSocket) listening.accept();
                current = socket;
                Thread.ofVirtual().start(() -> read(socket));
            }
        } catch (IOException e) {
            // Closed.
        }
    }

    private void read(SSLSocket socket) {
        int count = 0;
        try (socket;
                InputStream in = new BufferedInputStream(socket.getInputStream())) {
            String frame = frame(in);
            while (frame != null) {
                frames.add(frame);
                count++;
                if (count >= hangUpAfter) {
                    socket.setSoLinger(true, 0);
                    break;
                }
                frame = frame(in);
            }
        } catch (IOException e) {
            // The other end went away.
        } finally {
            ended.add(count);
        }
    }

    /** {@code MSG-LEN SP SYSLOG-MSG}; null at the end. */
    private static @Nullable String frame(InputStream in) throws IOException {
        int length = 0;
        int octet = in.read();
        if (octet < 0) {
            return null;
        }
        while (octet != ' ') {
            if (octet < '0' || octet > '9') {
                throw new IOException("no length: " + octet);
            }
            length = length * 10 + (octet - '0');
            octet = in.read();
        }
        byte[] message = in.readNBytes(length);
        return message.length < length ? null : new String(message, StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        listening.close();
        SSLSocket open = current;
        if (open != null) {
            open.close();
        }
    }
}

package dev.meseta.manager.audit.internal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/** Syslog over TLS (RFC 5425): each message with its length in octets before it. The receiver is known by its certificate. */
final class SyslogConnection implements AutoCloseable {

    private static final Duration TO_CONNECT = Duration.ofSeconds(5);
    private static final Duration TO_SHAKE_HANDS = Duration.ofSeconds(10);

    private final Socket carrier;
    private final OutputStream out;
    private volatile boolean isBroken;

    private SyslogConnection(Socket carrier, SSLSocket socket) throws IOException {
        this.carrier = carrier;
        this.out = new BufferedOutputStream(socket.getOutputStream());
        InputStream in = socket.getInputStream();
        Thread.ofVirtual().name("audit-syslog-reader").start(() -> readToTheEnd(in));
    }

    static SyslogConnection open(SSLSocketFactory sockets, String host, int port) throws IOException {
        Socket carrier = new Socket();
        try {
            carrier.connect(new InetSocketAddress(host, port), Math.toIntExact(TO_CONNECT.toMillis()));
            carrier.setKeepAlive(true);
            carrier.setSoTimeout(Math.toIntExact(TO_SHAKE_HANDS.toMillis()));
            SSLSocket socket = (SSLSocket) sockets.createSocket(carrier, host, port, true);
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            carrier.setSoTimeout(0);
            return new SyslogConnection(carrier, socket);
        } catch (IOException | RuntimeException e) {
            carrier.close();
            throw e;
        }
    }

    /** A receiver says nothing; it only ends the connection. */
    private void readToTheEnd(InputStream in) {
        try (in) {
            int read = in.read();
            while (read >= 0) {
                read = in.read();
            }
        } catch (IOException e) {
            // Broken is broken, however.
        } finally {
            isBroken = true;
        }
    }

    void write(String message) throws IOException {
        byte[] bytes = message.getBytes(StandardCharsets.UTF_8);
        out.write((bytes.length + " ").getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
    }

    void flush() throws IOException {
        out.flush();
    }

    /** Whether the other end has closed it, as far as this one has heard. */
    boolean isBroken() {
        return isBroken;
    }

    /** Also while another thread is stuck in a write. */
    @Override
    public void close() throws IOException {
        carrier.close();
    }
}

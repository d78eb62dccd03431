package dev.meseta.agent.testing;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;

/** Stands for libvirt's socket: sends back what comes, and ends when the other side has ended. */
public final class EchoServer implements AutoCloseable {

    private final ServerSocketChannel server;
    private final AtomicInteger connections = new AtomicInteger();

    public EchoServer(Path path) throws IOException {
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Thread.ofVirtual().start(this::accept);
    }

    public int connections() {
        return connections.get();
    }

    private void accept() {
        while (server.isOpen()) {
            try {
                SocketChannel connection = server.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> echo(connection));
            } catch (IOException e) {
                return;
            }
        }
    }

    private static void echo(SocketChannel connection) {
        ByteBuffer buffer = ByteBuffer.allocate(8192);
        try (connection) {
            while (connection.read(buffer.clear()) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) {
                    connection.write(buffer);
                }
            }
        } catch (IOException e) {
            System.getLogger(EchoServer.class.getName()).log(System.Logger.Level.DEBUG, "echo ended", e);
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}

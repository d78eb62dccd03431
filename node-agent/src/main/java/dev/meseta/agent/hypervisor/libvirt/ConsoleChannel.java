package dev.meseta.agent.hypervisor.libvirt;

import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.SocketChannel;

/** QEMU's end of a console. */
final class ConsoleChannel implements ByteChannel {

    private final SocketChannel socket;

    ConsoleChannel(SocketChannel socket) {
        this.socket = socket;
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        try {
            return socket.read(into);
        } catch (SocketException reset) {
            // QEMU ended before it had read all that was typed: an end like any other.
            return -1;
        }
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return socket.write(from);
    }

    @Override
    public boolean isOpen() {
        return socket.isOpen();
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}

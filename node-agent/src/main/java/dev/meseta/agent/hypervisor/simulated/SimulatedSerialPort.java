package dev.meseta.agent.hypervisor.simulated;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.Pipe;
import java.nio.charset.StandardCharsets;

/** The serial port of a simulated guest: it says its name and then whatever it is told. */
final class SimulatedSerialPort implements ByteChannel {

    private final Pipe pipe;

    SimulatedSerialPort(String guest) {
        try {
            pipe = Pipe.open();
            var unused = pipe.sink().write(StandardCharsets.UTF_8.encode("simulated guest " + guest + "\r\n"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int read(ByteBuffer into) throws IOException {
        return pipe.source().read(into);
    }

    @Override
    public int write(ByteBuffer from) throws IOException {
        return pipe.sink().write(from);
    }

    @Override
    public boolean isOpen() {
        return pipe.sink().isOpen();
    }

    /** The first time: what was said before can still be read. The second time: nobody reads it any more. */
    @Override
    public void close() throws IOException {
        if (!isOpen()) {
            pipe.source().close();
        }
        pipe.sink().close();
    }
}

package dev.meseta.manager.console;

import dev.meseta.manager.agents.ConsoleKind;
import dev.meseta.manager.agents.HostConsoles;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** Hosts whose guests say what the test says. */
final class FakeHostConsoles implements HostConsoles {

    private final BlockingQueue<Opened> opened = new LinkedBlockingQueue<>();

    @Override
    public Link open(UUID hostId, UUID vmId, ConsoleKind kind, Receiver receiver) {
        Opened console = new Opened(hostId, vmId, kind, receiver);
        opened.add(console);
        return console;
    }

    /** The next console that somebody opened. */
    Opened next() {
        return next(opened);
    }

    boolean nobodyOpened() {
        return opened.isEmpty();
    }

    private static <T> T next(BlockingQueue<T> queue) {
        try {
            T next = queue.poll(20, TimeUnit.SECONDS);
            if (next == null) {
                throw new AssertionError("nothing came");
            }
            return next;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    /** A console as the host sees it. */
    static final class Opened implements Link {

        final UUID hostId;
        final UUID vmId;
        final ConsoleKind kind;
        private final Receiver receiver;
        private final BlockingQueue<String> typed = new LinkedBlockingQueue<>();
        private final AtomicBoolean ended = new AtomicBoolean();

        private Opened(UUID hostId, UUID vmId, ConsoleKind kind, Receiver receiver) {
            this.hostId = hostId;
            this.vmId = vmId;
            this.kind = kind;
            this.receiver = receiver;
        }

        void guestSays(String text) {
            receiver.received(text.getBytes(StandardCharsets.UTF_8));
        }

        String typed() {
            return next(typed);
        }

        /** As when its QEMU ends. */
        void end() {
            if (ended.compareAndSet(false, true)) {
                receiver.ended();
            }
        }

        boolean isEnded() {
            return ended.get();
        }

        @Override
        public void send(byte[] bytes) {
            typed.add(new String(bytes, StandardCharsets.UTF_8));
        }

        @Override
        public void close() {
            end();
        }
    }
}

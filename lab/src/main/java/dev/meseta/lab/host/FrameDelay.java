package dev.meseta.lab.host;

import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;

/**
 * A slow stretch of cable between a host and the lab's bridge. Frames pass through this process, because not every kernel
 * has a queueing discipline that delays (netem is a module that small kernels leave out).
 */
final class FrameDelay implements AutoCloseable {

    private final LabNames names;
    private final int host;
    private final TapDevice near;
    private final TapDevice far;
    private final List<Thread> threads = new ArrayList<>();

    private FrameDelay(LabNames names, int host, TapDevice near, TapDevice far) {
        this.names = names;
        this.host = host;
        this.near = near;
        this.far = far;
    }

    static FrameDelay start(LabNames names, int host, Duration each) {
        if (each.isNegative() || each.isZero()) {
            throw new IllegalArgumentException("a delay must be longer than nothing, not " + each);
        }
        try {
            FrameDelay delay = new FrameDelay(
                    names, host, TapDevice.create(names.delayNear(host)), TapDevice.create(names.delayFar(host)));
            delay.relay(delay.near, delay.far, each);
            delay.relay(delay.far, delay.near, each);
            Programs.run("ip", "link", "add", "name", names.delayBridge(host), "type", "bridge", "forward_delay", "0");
            Programs.run("ip", "link", "set", names.delayBridge(host), "up");
            Programs.run("ip", "link", "set", names.delayNear(host), "master", names.delayBridge(host), "up");
            Programs.run("ip", "link", "set", names.delayFar(host), "master", names.bridge(), "up");
            Programs.run("ip", "link", "set", names.cable(host), "master", names.delayBridge(host));
            return delay;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void relay(TapDevice from, TapDevice to, Duration each) {
        DelayQueue<Frame> underway = new DelayQueue<>();
        Thread writer = Thread.ofPlatform().daemon().name("delay-out").unstarted(() -> {
            try {
                while (true) {
                    to.write(underway.take().content());
                }
            } catch (InterruptedException end) {
                Thread.currentThread().interrupt();
            }
        });
        Thread reader = Thread.ofPlatform().daemon().name("delay-in").unstarted(() -> {
            Optional<byte[]> frame = from.read();
            while (frame.isPresent()) {
                underway.add(new Frame(frame.get(), System.nanoTime() + each.toNanos()));
                frame = from.read();
            }
            writer.interrupt();
        });
        threads.add(reader);
        threads.add(writer);
        writer.start();
        reader.start();
    }

    /** Puts the cable back where it was. */
    @Override
    public void close() {
        Programs.run("ip", "link", "set", names.cable(host), "master", names.bridge());
        // Deleting the interfaces wakes the readers up.
        for (String name : List.of(names.delayNear(host), names.delayFar(host), names.delayBridge(host))) {
            Programs.run("ip", "link", "delete", name);
        }
        try {
            for (Thread thread : threads) {
                thread.join();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while the delay of host %d ended".formatted(host), e);
        }
        near.close();
        far.close();
    }

    private static final class Frame implements Delayed {

        private final byte[] content;
        private final long due;

        Frame(byte[] content, long due) {
            this.content = content;
            this.due = due;
        }

        byte[] content() {
            return content;
        }

        @Override
        public long getDelay(TimeUnit unit) {
            return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
        }

        @Override
        public int compareTo(Delayed other) {
            return Long.signum(due - ((Frame) other).due);
        }
    }
}

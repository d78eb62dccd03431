package dev.meseta.manager.web.events;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/** Hands events to everybody who watches. A watcher that is too slow loses some and is told how many. */
@Component
class EventHub implements SmartLifecycle {

    static final int MAX_WATCHERS = 1000;
    /** Streams of one person: nobody takes all of them. */
    static final int MAX_WATCHERS_EACH = 200;

    private static final int QUEUE_LENGTH = 1000;

    private final List<Watcher> watchers = new CopyOnWriteArrayList<>();
    private final Counter lostEvents;
    private volatile boolean running;

    EventHub(MeterRegistry registry) {
        Gauge.builder("meseta.events.watchers", watchers, List::size)
                .description("Open event streams")
                .register(registry);
        lostEvents = Counter.builder("meseta.events.lost")
                .description("Events that a watcher was too slow for")
                .register(registry);
    }

    boolean isEmpty() {
        return watchers.isEmpty();
    }

    /**
     * Null when there are too many.
     *
     * @param principal who watches
     * @param from stored events up to this one are not shown
     */
    @Nullable Watcher watch(String principal, long from) {
        if (watchers.size() >= MAX_WATCHERS
                || watchers.stream()
                                .filter(watcher -> watcher.principal.equals(principal))
                                .count()
                        >= MAX_WATCHERS_EACH) {
            return null;
        }
        var watcher = new Watcher(principal, from);
        watchers.add(watcher);
        return watcher;
    }

    void show(EventView event) {
        for (Watcher watcher : watchers) {
            watcher.offer(event);
        }
    }

    @Override
    public void start() {
        running = true;
    }

    /** Lets every stream end, so that the web server need not wait for them. */
    @Override
    public void stop() {
        running = false;
        watchers.forEach(Watcher::close);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** One stream's queue. */
    final class Watcher implements AutoCloseable {

        private final BlockingQueue<EventView> queue = new ArrayBlockingQueue<>(QUEUE_LENGTH);
        private final AtomicInteger lost = new AtomicInteger();
        private volatile boolean closed;
        private volatile @Nullable Thread reader;
        private final String principal;
        private final long from;

        private Watcher(String principal, long from) {
            this.principal = principal;
            this.from = from;
        }

        /** Of stored events, those after this one are shown. */
        long from() {
            return from;
        }

        private void offer(EventView event) {
            if (!queue.offer(event)) {
                lost.incrementAndGet();
                lostEvents.increment();
            }
        }

        /** The next event, or null after so many seconds without one or when the hub stops. */
        @Nullable EventView next(long seconds) {
            reader = Thread.currentThread();
            try {
                return closed ? null : queue.poll(seconds, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                // Only close() interrupts; the flag says why.
                closed = true;
                return null;
            } finally {
                reader = null;
            }
        }

        boolean isOpen() {
            return !closed;
        }

        /** How many events were lost since this was asked last. */
        int takeLost() {
            return lost.getAndSet(0);
        }

        @Override
        public void close() {
            closed = true;
            watchers.remove(this);
            Thread waiting = reader;
            if (waiting != null && waiting != Thread.currentThread()) {
                waiting.interrupt();
            }
        }
    }
}

package dev.meseta.manager.web.events;

import dev.meseta.manager.web.internal.EventStore;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Component;

/**
 * Reads events that were stored, by whichever manager, and shows them to this manager's watchers in the order of their ids.
 * It reads when somebody says that there is something, and every two seconds: being told makes it quick, not complete.
 * While nobody watches it does nothing.
 */
@Component
class EventFeed implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EventFeed.class);

    /** Before web requests come, ended after them. */
    private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 4_096;

    private static final Duration UNTOLD = Duration.ofSeconds(2);
    /** Between two reads at least, so that many events are read at once. */
    private static final Duration BREATH = Duration.ofMillis(10);

    private static final int MAX_ROWS = 2_000;

    private final EventStore store;
    private final EventHub hub;
    private final InstantSource clock;
    private final Counter caughtUp;
    private final Counter late;
    private final Timer delivery;

    /** Held for moments only: whoever tells may have a database connection in hand. */
    private final ReentrantLock signal = new ReentrantLock();

    private final Condition something = signal.newCondition();
    // These two only under that lock.
    private boolean told;
    private @Nullable Thread reader;

    /** What is shown to whom; may be held while the database is asked. */
    private final ReentrantLock showing = new ReentrantLock();

    private @Nullable EventSequence sequence;

    EventFeed(EventStore store, EventHub hub, InstantSource clock, MeterRegistry registry) {
        this.store = store;
        this.hub = hub;
        this.clock = clock;
        caughtUp = Counter.builder("meseta.events.caught.up")
                .description("Events that were found without having been told of")
                .register(registry);
        late = Counter.builder("meseta.events.late")
                .description("Events shown out of order, because their transaction took long")
                .register(registry);
        delivery = Timer.builder("meseta.events.delivery")
                .description("From the making of an event, by its manager's clock, to its being shown by this one")
                .serviceLevelObjectives(
                        Duration.ofMillis(25),
                        Duration.ofMillis(50),
                        Duration.ofMillis(100),
                        Duration.ofMillis(250),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(3))
                .register(registry);
    }

    /** There is, or may be, something new in the database. */
    void tell() {
        signal.lock();
        try {
            told = true;
            something.signalAll();
        } finally {
            signal.unlock();
        }
    }

    /** Shows a watcher all events after {@link EventHub.Watcher#from()}. Null when there are too many. */
    EventHub.@Nullable Watcher watch(String principal) {
        EventHub.Watcher watcher;
        showing.lock();
        try {
            EventSequence present = sequence;
            if (present == null) {
                long last = store.lastId();
                present = new EventSequence(last, store.missingBefore(last), System.nanoTime());
                sequence = present;
            }
            watcher = hub.watch(principal, present.position());
        } finally {
            showing.unlock();
        }
        tell();
        return watcher;
    }

    private void read() {
        boolean soon = false;
        long last = System.nanoTime() - UNTOLD.toNanos();
        while (true) {
            try {
                boolean wasTold = awaitTime(last, soon);
                last = System.nanoTime();
                EventSequence present = present();
                if (present == null) {
                    awaitWatcher();
                } else {
                    pass(present, wasTold);
                    soon = present.holdsBack();
                }
            } catch (InterruptedException e) {
                // Only stop() interrupts.
                return;
            } catch (RuntimeException e) {
                soon = false;
                LOG.warn("Events cannot be read at the moment: {}", e.toString());
            }
        }
    }

    /** Returns when it is time to read again: whether that was told. */
    private boolean awaitTime(long last, boolean soon) throws InterruptedException {
        signal.lockInterruptibly();
        try {
            while (true) {
                Duration wanted = told || soon ? BREATH : UNTOLD;
                long left = wanted.toNanos() - (System.nanoTime() - last);
                if (left <= 0) {
                    boolean wasTold = told;
                    told = false;
                    return wasTold;
                }
                var unused = something.awaitNanos(left);
            }
        } finally {
            signal.unlock();
        }
    }

    private void awaitWatcher() throws InterruptedException {
        signal.lockInterruptibly();
        try {
            while (hub.isEmpty()) {
                something.await();
            }
        } finally {
            signal.unlock();
        }
    }

    /** Null when nobody watches. */
    private @Nullable EventSequence present() {
        showing.lock();
        try {
            if (hub.isEmpty()) {
                sequence = null;
            }
            return sequence;
        } finally {
            showing.unlock();
        }
    }

    private void pass(EventSequence present, boolean wasTold) {
        boolean full;
        do {
            Set<Long> missing = present.missing();
            // The horizon before the rows: what was over then is visible now.
            Horizon horizon = missing.isEmpty() ? null : store.horizon();
            List<EventView> rows = new ArrayList<>(store.found(missing));
            List<EventView> following = store.following(present.read(), MAX_ROWS);
            rows.addAll(following);
            full = following.size() == MAX_ROWS;
            if (!wasTold && !full) {
                caughtUp.increment(following.size());
            }
            show(present, horizon, rows);
        } while (full);
    }

    private void show(EventSequence present, @Nullable Horizon horizon, List<EventView> rows) {
        showing.lock();
        try {
            long lateBefore = present.late();
            List<EventView> shown = present.take(horizon, rows, System.nanoTime());
            late.increment((double) (present.late() - lateBefore));
            Instant now = clock.instant();
            for (EventView event : shown) {
                Duration took = Duration.between(event.at(), now);
                delivery.record(took.isNegative() ? Duration.ZERO : took);
                hub.show(event);
            }
        } finally {
            showing.unlock();
        }
    }

    @Override
    public void start() {
        signal.lock();
        try {
            Thread started = Thread.ofVirtual().name("events").unstarted(this::read);
            reader = started;
            started.start();
        } finally {
            signal.unlock();
        }
    }

    @Override
    public void stop() {
        signal.lock();
        try {
            Thread running = reader;
            reader = null;
            if (running != null) {
                running.interrupt();
            }
        } finally {
            signal.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        signal.lock();
        try {
            return reader != null;
        } finally {
            signal.unlock();
        }
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}

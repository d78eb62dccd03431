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
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

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

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition something = lock.newCondition();
    // All of the following only under the lock.
    private boolean told;
    private @Nullable EventSequence sequence;
    private @Nullable Thread reader;

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
        lock.lock();
        try {
            told = true;
            something.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Shows a watcher all events after {@link EventHub.Watcher#from()}. Null when there are too many. */
    EventHub.@Nullable Watcher watch() {
        lock.lock();
        try {
            EventSequence present = sequence;
            if (present == null) {
                present = begin();
                sequence = present;
            }
            something.signalAll();
            return hub.watch(present.position());
        } finally {
            lock.unlock();
        }
    }

    private EventSequence begin() {
        long last = store.lastId();
        return new EventSequence(last, store.missingBefore(last), System.nanoTime());
    }

    private void read() {
        boolean failed = false;
        long last = System.nanoTime() - UNTOLD.toNanos();
        while (true) {
            try {
                boolean wasTold = awaitSomething(last, failed);
                last = System.nanoTime();
                EventSequence present = present();
                if (present == null) {
                    return;
                }
                pass(present, wasTold);
                failed = false;
            } catch (InterruptedException e) {
                // Only stop() interrupts.
                return;
            } catch (DataAccessException | TransactionException e) {
                failed = true;
                LOG.warn("Events cannot be read at the moment: {}", e.toString());
            }
        }
    }

    /** Returns when somebody watches and it is time to read: whether there was something to tell. */
    private boolean awaitSomething(long last, boolean failed) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (reader == Thread.currentThread()) {
                if (hub.isEmpty()) {
                    sequence = null;
                    something.await();
                    continue;
                }
                long passed = System.nanoTime() - last;
                long left = wanted(failed).toNanos() - passed;
                if (left <= 0) {
                    break;
                }
                var unused = something.awaitNanos(left);
            }
            boolean wasTold = told;
            told = false;
            return wasTold;
        } finally {
            lock.unlock();
        }
    }

    /** How long after the last time to read again, as things are. */
    private Duration wanted(boolean failed) {
        if (!failed && (told || (sequence != null && sequence.holdsBack()))) {
            return BREATH;
        }
        return UNTOLD;
    }

    private @Nullable EventSequence present() {
        lock.lock();
        try {
            return reader == Thread.currentThread() ? sequence : null;
        } finally {
            lock.unlock();
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
        lock.lock();
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
            lock.unlock();
        }
    }

    @Override
    public void start() {
        lock.lock();
        try {
            Thread started = Thread.ofVirtual().name("events").unstarted(this::read);
            reader = started;
            started.start();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void stop() {
        lock.lock();
        try {
            Thread running = reader;
            reader = null;
            if (running != null) {
                running.interrupt();
            }
        } finally {
            lock.unlock();
        }
    }

    @Override
    public boolean isRunning() {
        lock.lock();
        try {
            return reader != null;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}

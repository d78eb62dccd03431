package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.Topic;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.TaskWaits;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets threads sleep until a task ends. They are woken by this manager's own commits and by what others say of theirs, and
 * look again in case nobody said it.
 */
final class EndWaits implements TaskWaits {

    /** How late the end of a task may be noticed that another manager worked on and was not heard of. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final TaskStore store;
    private final TaskViews views;
    private final InstantSource clock;
    private final ConcurrentHashMap<UUID, Set<CountDownLatch>> waiting = new ConcurrentHashMap<>();
    private final Topic<TaskEnded> ends;
    private volatile boolean released;

    EndWaits(TaskStore store, TaskViews views, InstantSource clock, Topic<TaskEnded> ends) {
        this.ends = ends;
        ends.whenTold(ended -> wake(ended.taskId()));
        this.store = store;
        this.views = views;
        this.clock = clock;
    }

    @Override
    public Optional<TaskView> awaitEnd(UUID taskId, Duration atMost) {
        var until = clock.instant().plus(atMost);
        while (true) {
            CountDownLatch wake = new CountDownLatch(1);
            // Before looking, so that an end between the look and the wait is not missed.
            waiting.compute(taskId, (id, latches) -> {
                Set<CountDownLatch> all = latches == null ? ConcurrentHashMap.newKeySet() : latches;
                all.add(wake);
                return all;
            });
            try {
                Optional<TaskRow> row = store.find(taskId);
                Duration left = Duration.between(clock.instant(), until);
                if (released || row.isEmpty() || row.get().state().isFinal() || !left.isPositive()) {
                    return row.map(views::whole);
                }
                long nanoseconds = (left.compareTo(LOOK_AGAIN) < 0 ? left : LOOK_AGAIN).toNanos();
                // Woken or not: look again.
                var unused = wake.await(nanoseconds, TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return store.find(taskId).map(views::whole);
            } finally {
                waiting.computeIfPresent(taskId, (id, latches) -> {
                    latches.remove(wake);
                    return latches.isEmpty() ? null : latches;
                });
            }
        }
    }

    /** What managers tell each other. */
    record TaskEnded(UUID taskId) {}

    /** After the commit that ended it. */
    void ended(UUID taskId) {
        wake(taskId);
        ends.tellOthers(new TaskEnded(taskId));
    }

    private void wake(UUID taskId) {
        Set<CountDownLatch> latches = waiting.get(taskId);
        if (latches != null) {
            latches.forEach(CountDownLatch::countDown);
        }
    }

    /** The manager stops: everybody gets the answer of this moment. */
    void releaseAll() {
        released = true;
        waiting.values().forEach(latches -> latches.forEach(CountDownLatch::countDown));
    }

    void open() {
        released = false;
    }
}

package dev.meseta.agent.hypervisor.simulated;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.PriorityQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Time that moves only when told to. What is due runs on the thread that advances the clock, in order of its time and,
 * within one instant, of its scheduling.
 */
public final class VirtualClock implements InstantSource {

    private final ReentrantLock state = new ReentrantLock();
    private final ReentrantLock advancing = new ReentrantLock();
    private final PriorityQueue<Timer> timers = new PriorityQueue<>();
    private Instant now;
    private long sequence;

    public VirtualClock(Instant start) {
        this.now = start;
    }

    @Override
    public Instant instant() {
        state.lock();
        try {
            return now;
        } finally {
            state.unlock();
        }
    }

    /** Runs the action once the clock has moved by the delay; a delay of zero waits for the next advance. */
    public Timer schedule(Duration delay, Runnable action) {
        state.lock();
        try {
            Timer timer = new Timer(now.plus(delay.isNegative() ? Duration.ZERO : delay), sequence++, action);
            timers.add(timer);
            return timer;
        } finally {
            state.unlock();
        }
    }

    /** Moves the clock and runs what became due, including what those actions schedule within the same span. */
    public void advance(Duration by) {
        if (by.isNegative()) {
            throw new IllegalArgumentException("time cannot go back by " + by);
        }
        advancing.lock();
        try {
            Instant end = instant().plus(by);
            for (Timer due = nextUntil(end); due != null; due = nextUntil(end)) {
                due.action.run();
            }
        } finally {
            advancing.unlock();
        }
    }

    private @Nullable Timer nextUntil(Instant end) {
        state.lock();
        try {
            Timer next = timers.peek();
            if (next == null || next.due.isAfter(end)) {
                now = end;
                return null;
            }
            timers.remove();
            if (next.due.isAfter(now)) {
                now = next.due;
            }
            return next;
        } finally {
            state.unlock();
        }
    }

    /** Something scheduled. */
    public final class Timer implements Comparable<Timer> {

        private final Instant due;
        private final long order;
        private final Runnable action;

        private Timer(Instant due, long order, Runnable action) {
            this.due = due;
            this.order = order;
            this.action = action;
        }

        /** Takes it back; no effect when it has run or is running. */
        public void cancel() {
            state.lock();
            try {
                timers.remove(this);
            } finally {
                state.unlock();
            }
        }

        @Override
        public int compareTo(Timer other) {
            int byTime = due.compareTo(other.due);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return this == other;
        }

        @Override
        public int hashCode() {
            return Long.hashCode(order);
        }
    }
}

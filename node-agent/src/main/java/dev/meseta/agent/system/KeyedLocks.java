package dev.meseta.agent.system;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/** One lock per key, for as long as somebody holds or wants it. */
public final class KeyedLocks<K> {

    private final Map<K, Counted> locks = new ConcurrentHashMap<>();

    /** Does work that no other work with the same key overlaps. */
    public <T> T with(K key, Supplier<T> work) {
        Counted lock = locks.compute(key, (k, present) -> {
            Counted counted = present == null ? new Counted() : present;
            counted.users++;
            return counted;
        });
        lock.mutex.lock();
        try {
            return work.get();
        } finally {
            lock.mutex.unlock();
            locks.computeIfPresent(key, (k, counted) -> --counted.users == 0 ? null : counted);
        }
    }

    private static final class Counted {
        private final ReentrantLock mutex = new ReentrantLock();
        private int users;
    }
}

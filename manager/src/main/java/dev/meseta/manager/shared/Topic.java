package dev.meseta.manager.shared;

import java.util.function.Consumer;

/**
 * One subject that living managers talk about. A message reaches all others that are connected, once, in the order in
 * which its sender told it - or is lost: when a member is not connected yet, is cut off, or is too slow. Whoever listens
 * must come to the same end without it, later.
 *
 * @param <T> a record that can be written as JSON; both the newer and the older version of a manager must be able to read it
 */
public interface Topic<T> {

    /** Tells all other managers, never this one. Neither waits nor fails; not within a transaction that may be undone. */
    void tellOthers(T message);

    /** @param listener called one message after the other; must return at once */
    void whenTold(Consumer<? super T> listener);
}

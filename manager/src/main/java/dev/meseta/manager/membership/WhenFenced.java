package dev.meseta.manager.membership;

/**
 * What becomes of a process whose life as a manager was ended by others, because it had not renewed its lease: it was
 * paused, starved or cut off. By default it ends at once, as if killed, and is started anew by whoever runs it.
 */
@FunctionalInterface
public interface WhenFenced {

    void end(Life fenced);
}

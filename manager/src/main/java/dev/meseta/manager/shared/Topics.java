package dev.meseta.manager.shared;

/**
 * What living managers tell each other in passing. Nothing is kept anywhere: what matters is in the database. Implemented by
 * the membership module.
 */
public interface Topics {

    /**
     * @param name stable: managers of different versions talk to each other
     * @throws IllegalStateException when there is already one of this name
     */
    <T> Topic<T> topic(String name, Class<T> type);
}

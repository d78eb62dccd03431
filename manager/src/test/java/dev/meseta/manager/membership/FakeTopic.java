package dev.meseta.manager.membership;

import dev.meseta.manager.shared.Topic;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A topic whose other managers are the test, or the fakes it is connected to. */
public final class FakeTopic<T> implements Topic<T> {

    public final List<T> told = new CopyOnWriteArrayList<>();
    private final List<Consumer<? super T>> listeners = new CopyOnWriteArrayList<>();
    private final List<FakeTopic<T>> others = new CopyOnWriteArrayList<>();

    /** From now on these two hear each other. */
    public void connect(FakeTopic<T> other) {
        others.add(other);
        other.others.add(this);
    }

    @Override
    public void tellOthers(T message) {
        told.add(message);
        others.forEach(other -> other.listeners.forEach(listener -> listener.accept(message)));
    }

    @Override
    public void whenTold(Consumer<? super T> listener) {
        listeners.add(listener);
    }
}

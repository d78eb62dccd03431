package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.tasks.TaskHandler;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The handlers there are, by kind. They are asked for late: handlers themselves need {@code Tasks}. */
final class HandlerRegistry {

    private final Supplier<List<TaskHandler<?>>> source;
    private volatile @Nullable Map<String, Registered<?>> handlers;

    HandlerRegistry(Supplier<List<TaskHandler<?>>> source) {
        this.source = source;
    }

    /** The handler for tasks of this kind and shape; empty when only a newer manager knows how. */
    Optional<Registered<?>> find(String kind, int schemaVersion) {
        return Optional.<Registered<?>>ofNullable(all().get(kind))
                .filter(registered -> schemaVersion <= registered.handler().schemaVersion());
    }

    Registered<?> require(String kind) {
        Registered<?> registered = all().get(kind);
        if (registered == null) {
            throw new IllegalArgumentException("No handler for tasks of kind " + kind);
        }
        return registered;
    }

    private Map<String, Registered<?>> all() {
        Map<String, Registered<?>> known = handlers;
        if (known == null) {
            known = source.get().stream()
                    .<Registered<?>>map(HandlerRegistry::register)
                    .collect(Collectors.toUnmodifiableMap(
                            registered -> registered.handler().kind(), Function.identity()));
            handlers = known;
        }
        return known;
    }

    private static <P extends Record> Registered<P> register(TaskHandler<P> handler) {
        return new Registered<>(handler, new PhaseMachine(handler));
    }

    record Registered<P extends Record>(TaskHandler<P> handler, PhaseMachine phases) {}
}

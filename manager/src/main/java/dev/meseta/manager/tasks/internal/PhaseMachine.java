package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.tasks.Phase;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskState;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The phases of one handler, by name. */
final class PhaseMachine {

    private final String kind;
    private final Map<String, Enum<?>> phases = new LinkedHashMap<>();
    private final String first;

    PhaseMachine(TaskHandler<?> handler) {
        kind = handler.kind();
        for (Enum<?> phase : handler.phases().getEnumConstants()) {
            phases.put(phase.name(), phase);
        }
        if (phases.isEmpty()) {
            throw new IllegalArgumentException("The handler of " + kind + " has no phases.");
        }
        first = phases.keySet().iterator().next();
    }

    String first() {
        return first;
    }

    /** A step of {@code from} may end in {@code to}, where another step will run. */
    void requireTransition(String from, String to) {
        Enum<?> target = require(to);
        if (target instanceof Phase phase && phase.isFinal()) {
            throw new IllegalStateException("%s: %s is an end, reached by Succeed or Fail.".formatted(kind, to));
        }
        requireNamed(from, target);
    }

    /** The phase an ended task shows: that of the state's name when there is one. */
    String end(TaskState state, String phase) {
        return phases.containsKey(state.name()) ? state.name() : phase;
    }

    /** A step of {@code from} may be the last of a task that succeeds. */
    void requireSuccess(String from) {
        Enum<?> target = phases.get(TaskState.SUCCEEDED.name());
        if (target != null) {
            requireNamed(from, target);
        }
    }

    private void requireNamed(String from, Enum<?> target) {
        if (require(from) instanceof Phase phase && !phase.next().contains(target)) {
            throw new IllegalStateException("%s: %s does not lead to %s.".formatted(kind, from, target.name()));
        }
    }

    private Enum<?> require(String name) {
        @Nullable Enum<?> phase = phases.get(name);
        if (phase == null) {
            throw new IllegalStateException("%s has no phase %s.".formatted(kind, name));
        }
        return phase;
    }
}

package dev.meseta.lab.command;

import dev.meseta.lab.stack.Stack;
import dev.meseta.lab.stack.StateFolder;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where a command runs.
 *
 * @param repository root of the source tree
 * @param state the state folder
 */
record Surroundings(Path repository, StateFolder state) {

    /** From {@code MESETA_HOME} (set by the script) and {@code MESETA_STATE_DIR} (default: {@code .meseta} in the tree). */
    static Surroundings ofEnvironment() {
        Path repository = Path.of(orElse(System.getenv("MESETA_HOME"), "."))
                .toAbsolutePath()
                .normalize();
        String state = orElse(
                System.getenv("MESETA_STATE_DIR"), repository.resolve(".meseta").toString());
        return new Surroundings(repository, new StateFolder(Path.of(state)));
    }

    Stack stack() {
        return Stack.lasting(repository, state.root());
    }

    private static String orElse(@Nullable String value, String otherwise) {
        return value == null || value.isBlank() ? otherwise : value;
    }
}

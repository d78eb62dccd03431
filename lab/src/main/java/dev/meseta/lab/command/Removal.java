package dev.meseta.lab.command;

import dev.meseta.lab.process.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Takes a data center away with its data; downloads and built images stay in the cache. */
final class Removal {

    private Removal() {}

    static void stopAndPurge(Surroundings surroundings) {
        surroundings.stack().down();
        try {
            for (Path folder : List.of(
                    surroundings.state().manager(),
                    surroundings.state().lab(),
                    surroundings.state().fleet())) {
                FileTrees.delete(folder);
            }
            Files.deleteIfExists(surroundings.state().managerLog());
            Files.deleteIfExists(surroundings.stack().fleet().log());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

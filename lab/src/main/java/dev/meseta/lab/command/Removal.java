package dev.meseta.lab.command;

import dev.meseta.lab.process.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Takes a data center away with its data; downloads and built images stay in the cache. */
final class Removal {

    private Removal() {}

    static void stopAndPurge(Surroundings surroundings) {
        surroundings.stack().down();
        try {
            for (Path entry : surroundings.state().data()) {
                FileTrees.delete(entry);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

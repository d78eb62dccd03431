package dev.meseta.lab.faults;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/**
 * All that was done and seen, as JSON Lines in the order of time: {@code {"ms", "what", …}}, where {@code ms} is
 * milliseconds of the monotonic clock since the run began. For any number of threads.
 */
final class History implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();

    private final long began = System.nanoTime();
    private final Path file;
    private final BufferedWriter lines;

    History(Path file) {
        this.file = file;
        try {
            Files.createDirectories(file.toAbsolutePath().getParent());
            this.lines = Files.newBufferedWriter(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path file() {
        return file;
    }

    /** When the run began, as {@link System#nanoTime}. */
    long began() {
        return began;
    }

    /** Writes one thing down; the fields are its own. */
    synchronized void add(String what, Map<String, ?> fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("ms", (System.nanoTime() - began) / 1e6);
        line.put("what", what);
        line.putAll(fields);
        try {
            lines.write(JSON.writeValueAsString(line));
            lines.newLine();
            lines.flush();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public synchronized void close() {
        try {
            lines.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

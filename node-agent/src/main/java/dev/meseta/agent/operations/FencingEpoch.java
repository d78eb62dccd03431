package dev.meseta.agent.operations;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The highest epoch of ownership this agent has seen. A manager that lost the ownership of this host, and does not know
 * yet, comes with a lower one and is refused.
 */
public final class FencingEpoch {

    private final Path file;
    private volatile long highest;

    private FencingEpoch(Path file, long highest) {
        this.file = file;
        this.highest = highest;
    }

    /** Reads what is remembered; 0 when nothing is. */
    public static FencingEpoch open(Path file) {
        try {
            String text = Files.exists(file) ? Files.readString(file).strip() : "0";
            return new FencingEpoch(file, Long.parseLong(text));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        } catch (NumberFormatException e) {
            throw new IllegalStateException(file + " does not hold a number", e);
        }
    }

    /**
     * Lets a command pass; a new highest epoch is on the disk when this returns.
     *
     * @throws AgentException FENCED when a higher one was seen before
     */
    public void admit(long epoch) {
        if (epoch == highest) {
            return;
        }
        synchronized (this) {
            if (epoch < highest) {
                throw new AgentException(
                        AgentErrorCode.FENCED,
                        "Another manager owns this host since epoch " + highest + "; this command is of epoch "
                                + epoch);
            }
            if (epoch > highest) {
                DurableFiles.replace(file, Long.toString(epoch));
                highest = epoch;
            }
        }
    }

    public long highest() {
        return highest;
    }
}

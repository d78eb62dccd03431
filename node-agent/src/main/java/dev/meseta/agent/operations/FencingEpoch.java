package dev.meseta.agent.operations;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/**
 * The highest epoch of ownership this agent has seen. A manager that lost the ownership of this host, and does not know
 * yet, comes with a lower one and is refused. While work is let in under an epoch no higher one is accepted: who was
 * answered under the higher one sees all that was let in before, and nothing is let in behind its back.
 */
public final class FencingEpoch {

    private final Path file;
    private final ReadWriteLock lock = new ReentrantReadWriteLock();
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
     * Lets somebody pass; a new highest epoch is on the disk when this returns.
     *
     * @throws AgentException FENCED when a higher one was seen before
     */
    public void admit(long epoch) {
        refuseLower(epoch);
        if (epoch == highest) {
            return;
        }
        lock.writeLock().lock();
        try {
            refuseLower(epoch);
            if (epoch > highest) {
                DurableFiles.replace(file, Long.toString(epoch));
                highest = epoch;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    /**
     * Does something that must not happen any more once a higher epoch was accepted. It must be short.
     *
     * @throws AgentException FENCED when a higher one was seen before
     */
    <T> T under(long epoch, Supplier<T> letIn) {
        admit(epoch);
        lock.readLock().lock();
        try {
            refuseLower(epoch);
            return letIn.get();
        } finally {
            lock.readLock().unlock();
        }
    }

    private void refuseLower(long epoch) {
        long seen = highest;
        if (epoch < seen) {
            throw new AgentException(
                    AgentErrorCode.FENCED,
                    "Another manager may command this host since epoch " + seen + "; this call is of epoch " + epoch);
        }
    }

    public long highest() {
        return highest;
    }
}

package dev.meseta.agent.operations;

import dev.meseta.agent.system.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Remembers every operation across a crash. A record is on the disk when {@link #write} returns; writers that come while
 * one is being synchronised share the next synchronisation. Ended operations are forgotten after a time, or when there
 * are too many, oldest first; unfinished ones never.
 */
public final class OperationJournal implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(OperationJournal.class.getName());
    private static final int SPARE_LINES = 2_000;

    private final Path file;
    private final InstantSource clock;
    private final Retention retention;
    private final Durability durability;
    private final Map<String, OperationRecord> records = new ConcurrentHashMap<>();
    private final ReentrantLock disk = new ReentrantLock();
    private final List<Pending> pending = new ArrayList<>();
    private FileChannel channel;
    private long end;
    private int lines;

    /** How long and how many ended operations are kept. */
    public record Retention(Duration age, int count) {

        /** A week or 20,000 operations. */
        public static final Retention DEFAULT = new Retention(Duration.ofDays(7), 20_000);
    }

    /** What a record that was written survives. */
    public enum Durability {
        /** The machine's death. */
        DISK,
        /** The process's death; for hosts that are simulated and have no machine of their own. */
        PROCESS
    }

    private OperationJournal(
            Path file, InstantSource clock, Retention retention, Durability durability, FileChannel channel) {
        this.file = file;
        this.clock = clock;
        this.retention = retention;
        this.durability = durability;
        this.channel = channel;
    }

    /**
     * Opens or creates the journal. A last line that a crash left half written is dropped: nobody was told of it.
     *
     * @throws UncheckedIOException when it cannot be read or written
     */
    public static OperationJournal open(Path file, InstantSource clock, Retention retention) {
        return open(file, clock, retention, Durability.DISK);
    }

    /** As above, with less than the whole promise where that is enough. */
    public static OperationJournal open(Path file, InstantSource clock, Retention retention, Durability durability) {
        try {
            FileChannel channel = FileChannel.open(
                    file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            Files.setPosixFilePermissions(file, DurableFiles.OWNER_ONLY);
            OperationJournal journal = new OperationJournal(file, clock, retention, durability, channel);
            journal.load();
            return journal;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot open the operation journal " + file, e);
        }
    }

    /** The operation as last written, or empty when it is unknown or forgotten. */
    public Optional<OperationRecord> find(String operationId) {
        return Optional.ofNullable(records.get(operationId));
    }

    /** Operations that were begun and have not ended. */
    public List<OperationRecord> unfinished() {
        return records.values().stream().filter(OperationRecord::unfinished).toList();
    }

    /**
     * Writes a record; returns when it is on the disk.
     *
     * @throws UncheckedIOException when the disk refuses; the record is then not remembered
     */
    public void write(OperationRecord operation) {
        Pending mine = new Pending(operation);
        synchronized (pending) {
            pending.add(mine);
        }
        disk.lock();
        try {
            // Whoever held the lock before may have written ours along with its own.
            if (!mine.tried) {
                appendPending();
            }
            if (mine.failure != null) {
                throw new UncheckedIOException("Cannot write the operation journal " + file, mine.failure);
            }
        } finally {
            disk.unlock();
        }
    }

    private void appendPending() {
        List<Pending> batch;
        synchronized (pending) {
            batch = List.copyOf(pending);
            pending.clear();
        }
        try {
            append(batch.stream().map(entry -> entry.operation).toList());
        } catch (IOException e) {
            batch.forEach(entry -> entry.failure = e);
        } finally {
            batch.forEach(entry -> entry.tried = true);
        }
    }

    private void append(List<OperationRecord> batch) throws IOException {
        StringBuilder text = new StringBuilder();
        batch.forEach(operation -> text.append(RecordCodec.encode(operation)).append('\n'));
        ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.UTF_8));
        // Always from the last good end: half a line of a write that failed must not spoil the next one.
        long position = end;
        while (bytes.hasRemaining()) {
            position += channel.write(bytes, position);
        }
        if (durability == Durability.DISK) {
            channel.force(false);
        }
        end = position;
        batch.forEach(operation -> records.put(operation.operationId(), operation));
        lines += batch.size();
        if (lines > 2 * Math.min(records.size(), retention.count()) + SPARE_LINES) {
            compact();
        }
    }

    private void load() throws IOException {
        byte[] content = Files.readAllBytes(file);
        int complete = 0;
        int damaged = 0;
        for (int i = 0; i < content.length; i++) {
            if (content[i] == '\n') {
                Optional<OperationRecord> operation =
                        RecordCodec.decode(new String(content, complete, i - complete, StandardCharsets.UTF_8));
                operation.ifPresent(known -> records.put(known.operationId(), known));
                damaged += operation.isPresent() ? 0 : 1;
                lines++;
                complete = i + 1;
            }
        }
        if (damaged > 0) {
            LOG.log(System.Logger.Level.ERROR, "{0} damaged lines in {1} were ignored: check the disk", damaged, file);
        }
        channel.truncate(complete);
        end = complete;
    }

    private void compact() throws IOException {
        Instant oldest = clock.instant().minus(retention.age());
        List<OperationRecord> ended = records.values().stream()
                .filter(operation -> !operation.unfinished())
                .sorted(Comparator.comparing(OperationJournal::endOf).reversed())
                .toList();
        List<OperationRecord> kept = ended.stream()
                .limit(retention.count())
                .filter(operation -> endOf(operation).isAfter(oldest))
                .toList();
        StringBuilder text = new StringBuilder();
        Stream.concat(kept.reversed().stream(), unfinished().stream())
                .forEach(operation -> text.append(RecordCodec.encode(operation)).append('\n'));
        DurableFiles.replace(file, text.toString());
        FileChannel old = channel;
        channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        end = channel.size();
        old.close();
        ended.stream().skip(kept.size()).forEach(operation -> records.remove(operation.operationId(), operation));
        lines = records.size();
    }

    private static Instant endOf(OperationRecord operation) {
        return operation.finishedAt().orElse(operation.startedAt());
    }

    /** A record on its way; the two results are guarded by {@code disk}. */
    private static final class Pending {
        private final OperationRecord operation;
        private boolean tried;
        private @Nullable IOException failure;

        private Pending(OperationRecord operation) {
            this.operation = operation;
        }
    }

    @Override
    public void close() {
        disk.lock();
        try {
            channel.close();
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot close the operation journal", e);
        } finally {
            disk.unlock();
        }
    }
}

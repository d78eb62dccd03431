package dev.meseta.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * The start of a qcow2 file, read without QEMU (docs/interop/qcow2 in its sources).
 *
 * @param backingFile name as written in the file
 * @param incompatibleFeatures bits that a reader must know or refuse
 */
record Qcow2Header(
        int version,
        Optional<String> backingFile,
        int clusterBits,
        long virtualSizeBytes,
        int encryption,
        int l1Entries,
        int refcountTableClusters,
        int snapshots,
        long incompatibleFeatures) {

    static final int MAGIC = 0x514649fb;
    static final long CORRUPT = 1L << 1;
    static final long EXTERNAL_DATA = 1L << 2;
    /** Dirty, compression type, extended L2 entries. */
    static final long HARMLESS_FEATURES = 1L | 1L << 3 | 1L << 4;

    private static final int LENGTH = 104;
    private static final int LONGEST_BACKING_NAME = 1023;

    /** Empty when the file does not begin like qcow2, version 2 or 3. */
    static Optional<Qcow2Header> read(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer header = ByteBuffer.allocate(LENGTH);
            readFully(channel, header, 0);
            header.flip();
            if (header.limit() < 72 || header.getInt(0) != MAGIC) {
                return Optional.empty();
            }
            int version = header.getInt(4);
            if (version != 2 && version != 3) {
                return Optional.empty();
            }
            return Optional.of(new Qcow2Header(
                    version,
                    backingFile(channel, header.getLong(8), header.getInt(16)),
                    header.getInt(20),
                    header.getLong(24),
                    header.getInt(32),
                    header.getInt(36),
                    header.getInt(56),
                    header.getInt(60),
                    version == 3 && header.limit() >= 80 ? header.getLong(72) : 0));
        }
    }

    private static Optional<String> backingFile(FileChannel channel, long offset, int length) throws IOException {
        if (offset == 0) {
            return Optional.empty();
        }
        if (length < 1 || length > LONGEST_BACKING_NAME || offset < 0) {
            return Optional.of("?");
        }
        ByteBuffer name = ByteBuffer.allocate(length);
        readFully(channel, name, offset);
        return Optional.of(new String(name.array(), StandardCharsets.UTF_8));
    }

    private static void readFully(FileChannel channel, ByteBuffer buffer, long offset) throws IOException {
        long position = offset;
        while (buffer.hasRemaining()) {
            int read = channel.read(buffer, position);
            if (read < 0) {
                return;
            }
            position += read;
        }
    }
}

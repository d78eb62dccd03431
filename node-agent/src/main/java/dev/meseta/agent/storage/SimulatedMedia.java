package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Set;

/**
 * Media for guests that do not exist: a disk is a qcow2 header and nothing behind it, so that everything around disks
 * works as on a real host while no program is started. Nothing is synchronised: a simulated host has no power cut.
 */
public final class SimulatedMedia implements GuestMedia {

    private static final int HEADER_BYTES = 104;
    private static final int VERSION = 3;
    private static final int CLUSTER_BITS = 16;
    private static final int REFCOUNT_ORDER = 4;

    @Override
    public void createDisk(Path file, long virtualSizeBytes) {
        write(file, "", virtualSizeBytes);
    }

    @Override
    public void createDiskOver(Path file, Path image, long virtualSizeBytes) {
        Path directory = file.getParent();
        if (directory == null) {
            throw new IllegalArgumentException(file + " has no directory");
        }
        write(file, directory.relativize(image).toString(), virtualSizeBytes);
    }

    @Override
    public void createSeed(Map<String, String> contents, Path file, Path workDirectory) throws IOException {
        Files.writeString(file, String.join("\n", contents.values()), StandardOpenOption.CREATE_NEW);
    }

    @Override
    public void sync(Path file) {
        // What would survive a power cut does not matter here.
    }

    private static void write(Path file, String backingFile, long virtualSizeBytes) {
        byte[] name = backingFile.getBytes(StandardCharsets.UTF_8);
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES + Long.BYTES + name.length);
        header.putInt(Qcow2Header.MAGIC);
        header.putInt(VERSION);
        header.putLong(name.length == 0 ? 0 : HEADER_BYTES + Long.BYTES);
        header.putInt(name.length);
        header.putInt(CLUSTER_BITS);
        header.putLong(virtualSizeBytes);
        header.putInt(96, REFCOUNT_ORDER);
        header.putInt(100, HEADER_BYTES);
        // The end of the header's extensions, eight zero bytes, stands before the name.
        header.position(HEADER_BYTES + Long.BYTES);
        header.put(name);
        header.flip();
        try (FileChannel channel =
                FileChannel.open(file, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE))) {
            while (header.hasRemaining()) {
                channel.write(header);
            }
        } catch (IOException e) {
            throw new AgentException(AgentErrorCode.STORAGE_UNAVAILABLE, "Cannot write " + file.getFileName(), e);
        }
    }
}

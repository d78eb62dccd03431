package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;

/** Makes the files that a guest sees as disks. Where they are, who may read them and what is kept is decided elsewhere. */
public interface GuestMedia {

    /**
     * An empty qcow2 disk.
     *
     * @throws AgentException STORAGE_FULL, STORAGE_UNAVAILABLE
     */
    void createDisk(Path file, long virtualSizeBytes);

    /**
     * A thin disk over an image, whose name in it is relative: hosts may mount the share elsewhere.
     *
     * @throws AgentException STORAGE_FULL, STORAGE_UNAVAILABLE
     */
    void createDiskOver(Path file, Path image, long virtualSizeBytes);

    /**
     * A read-only disk with a few files for the guest's cloud-init.
     *
     * @param contents text by file name
     * @param workDirectory private to the agent; contents may be there for a moment
     * @throws AgentException STORAGE_UNAVAILABLE
     */
    void createSeed(Map<String, String> contents, Path file, Path workDirectory) throws IOException;

    /** Puts a file's content and its name on the disk. */
    void sync(Path file) throws IOException;
}

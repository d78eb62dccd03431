package dev.meseta.agent.storage;

import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.FileOwner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/** Small ISO images that tell a guest's cloud-init its name and addresses. */
public final class Seeds {

    private final SharedDirectories directories;
    private final GuestMedia media;
    private final FileOwner emulator;
    private final Path workDirectory;

    /**
     * @param emulator the user that seeds are given to; they may hold secrets
     * @param workDirectory private to the agent; contents of seeds are here for a moment
     */
    public Seeds(SharedDirectories directories, Commands commands, FileOwner emulator, Path workDirectory) {
        this(directories, new ToolMedia(commands), emulator, workDirectory);
    }

    /**
     * @param emulator the user that seeds are given to; they may hold secrets
     * @param workDirectory private to the agent; contents of seeds are here for a moment
     */
    public Seeds(SharedDirectories directories, GuestMedia media, FileOwner emulator, Path workDirectory) {
        this.directories = directories;
        this.media = media;
        this.emulator = emulator;
        this.workDirectory = workDirectory;
    }

    /** Writes a VM's seed, in place of an earlier one. */
    public void write(UUID vmId, CloudInit cloudInit) {
        SharedDirectory directory = directories.require(cloudInit.storageDomainId());
        Path seed = directory.seed(vmId);
        Path unfinished = directory.seeds().resolve("." + vmId + "." + UUID.randomUUID());
        try {
            try {
                media.createSeed(NoCloud.files(vmId, cloudInit), unfinished, workDirectory);
                emulator.own(unfinished, "r--------");
                Files.move(unfinished, seed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                media.sync(seed);
            } finally {
                Files.deleteIfExists(unfinished);
            }
        } catch (IOException e) {
            throw Volumes.unavailable("the seed of " + vmId, e);
        }
    }

    /** Writes a VM's seed unless there is one; for the target of a migration, whose guest has read its own long ago. */
    public void writeIfAbsent(UUID vmId, CloudInit cloudInit) {
        SharedDirectory directory = directories.require(cloudInit.storageDomainId());
        if (!Files.exists(directory.seed(vmId), LinkOption.NOFOLLOW_LINKS)) {
            write(vmId, cloudInit);
        }
    }

    /** Removes a VM's seed; no effect when there is none. */
    public void remove(UUID storageDomainId, UUID vmId) {
        try {
            Files.deleteIfExists(directories.require(storageDomainId).seed(vmId));
        } catch (IOException e) {
            throw Volumes.unavailable("the seed of " + vmId, e);
        }
    }
}

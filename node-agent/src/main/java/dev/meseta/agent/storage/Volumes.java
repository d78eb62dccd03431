package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.FileOwner;
import dev.meseta.agent.system.KeyedLocks;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Optional;
import java.util.UUID;

/** Disks of VMs: thin qcow2 files. */
public final class Volumes {

    private final SharedDirectories directories;
    private final GuestMedia media;
    private final FileOwner emulator;
    private final KeyedLocks<UUID> locks = new KeyedLocks<>();

    /** @param emulator the user that disks are given to */
    public Volumes(SharedDirectories directories, Commands commands, FileOwner emulator) {
        this(directories, new ToolMedia(commands), emulator);
    }

    /** @param emulator the user that disks are given to */
    public Volumes(SharedDirectories directories, GuestMedia media, FileOwner emulator) {
        this.directories = directories;
        this.media = media;
        this.emulator = emulator;
    }

    /**
     * Makes a disk unless it is there.
     *
     * @param virtualSizeBytes 0: as large as the image
     * @throws AgentException IMAGE_NOT_FOUND, STORAGE_FULL, STORAGE_UNAVAILABLE, VALIDATION_FAILED
     */
    public OperationResult.Volume ensure(
            UUID storageDomainId, UUID diskId, Optional<UUID> imageId, long virtualSizeBytes) {
        if (virtualSizeBytes < 0 || virtualSizeBytes > ImageInspector.LARGEST_VIRTUAL_SIZE_BYTES) {
            throw AgentException.validation("virtual_size_bytes must be 0 to 16 TiB, but is " + virtualSizeBytes);
        }
        SharedDirectory directory = directories.require(storageDomainId);
        return locks.with(diskId, () -> {
            try {
                Path disk = directory.disk(diskId);
                if (!Files.exists(disk, LinkOption.NOFOLLOW_LINKS)) {
                    make(directory, diskId, imageId, virtualSizeBytes);
                }
                return describe(disk);
            } catch (IOException e) {
                throw unavailable("disk " + diskId, e);
            }
        });
    }

    /** Removes a disk; no effect when it is not there. */
    public void remove(UUID storageDomainId, UUID diskId) {
        SharedDirectory directory = directories.require(storageDomainId);
        locks.with(diskId, () -> {
            try {
                return Files.deleteIfExists(directory.disk(diskId));
            } catch (IOException e) {
                throw unavailable("disk " + diskId, e);
            }
        });
    }

    private void make(SharedDirectory directory, UUID diskId, Optional<UUID> imageId, long virtualSizeBytes)
            throws IOException {
        Path unfinished = directory.disks().resolve("." + diskId + "." + UUID.randomUUID());
        try {
            if (imageId.isPresent()) {
                Path image = directory.image(imageId.get());
                media.createDiskOver(unfinished, image, sizeOver(image, imageId.get(), virtualSizeBytes));
            } else if (virtualSizeBytes > 0) {
                media.createDisk(unfinished, virtualSizeBytes);
            } else {
                throw AgentException.validation("An empty disk needs virtual_size_bytes");
            }
            emulator.own(unfinished, "rw-------");
            // A link fails when the disk came into being meanwhile; it is never replaced.
            Files.createLink(directory.disk(diskId), unfinished);
            media.sync(directory.disk(diskId));
        } catch (FileAlreadyExistsException e) {
            System.getLogger(Volumes.class.getName())
                    .log(System.Logger.Level.INFO, "Disk {0} was made by another host in the same moment", diskId);
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private static long sizeOver(Path image, UUID imageId, long wanted) throws IOException {
        if (!Files.isRegularFile(image, LinkOption.NOFOLLOW_LINKS)) {
            throw new AgentException(
                    AgentErrorCode.IMAGE_NOT_FOUND, "There is no image " + imageId + " in the storage domain");
        }
        long imageSize = Qcow2Header.read(image)
                .orElseThrow(() -> ImageInspector.invalid("The image " + imageId + " is damaged"))
                .virtualSizeBytes();
        if (wanted != 0 && wanted < imageSize) {
            throw AgentException.validation(
                    "virtual_size_bytes is " + wanted + ", but the image " + imageId + " has " + imageSize);
        }
        return Math.max(wanted, imageSize);
    }

    static OperationResult.Volume describe(Path file) throws IOException {
        Qcow2Header header = Qcow2Header.read(file)
                .orElseThrow(() -> new AgentException(
                        AgentErrorCode.STORAGE_UNAVAILABLE, file.getFileName() + " is damaged: not a qcow2 file"));
        return new OperationResult.Volume(file.toString(), header.virtualSizeBytes(), Files.size(file));
    }

    static AgentException unavailable(String what, IOException e) {
        String reason = String.valueOf(e.getMessage());
        AgentErrorCode code =
                reason.contains("No space left") ? AgentErrorCode.STORAGE_FULL : AgentErrorCode.STORAGE_UNAVAILABLE;
        return new AgentException(code, "Cannot work on " + what + ": " + reason, e);
    }
}

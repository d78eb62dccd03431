package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.operations.OperationControl;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.KeyedLocks;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/** Images that disks are made of: read-only qcow2 files that have been checked. */
public final class Images {

    private static final long COPY_STEP_BYTES = 64L << 20;

    private final SharedDirectories directories;
    private final ImageInspector inspector;
    private final QemuImg qemuImg;
    private final KeyedLocks<UUID> locks = new KeyedLocks<>();

    public Images(SharedDirectories directories, Commands commands) {
        this.directories = directories;
        this.inspector = new ImageInspector(commands);
        this.qemuImg = new QemuImg(commands);
    }

    /**
     * Checks a file from the incoming folder and makes it an image, unless the image is there. A file that is refused
     * stays in the incoming folder.
     *
     * @throws AgentException IMAGE_NOT_FOUND when there is no such file, IMAGE_INVALID when it is refused
     */
    public OperationResult.Volume ensure(
            UUID storageDomainId, UUID imageId, String incomingFile, OperationControl control) {
        SharedDirectory directory = directories.require(storageDomainId);
        Path incoming = directory.incoming(incomingFile);
        return locks.with(imageId, () -> {
            try {
                Path image = directory.image(imageId);
                if (!Files.exists(image, LinkOption.NOFOLLOW_LINKS)) {
                    admit(directory, imageId, incoming, control);
                }
                return Volumes.describe(image);
            } catch (IOException e) {
                throw Volumes.unavailable("image " + imageId, e);
            }
        });
    }

    /**
     * Removes an image; no effect when it is not there.
     *
     * @throws AgentException OBJECT_IN_USE while a disk stands on it
     */
    public void remove(UUID storageDomainId, UUID imageId) {
        SharedDirectory directory = directories.require(storageDomainId);
        locks.with(imageId, () -> {
            try {
                Path image = directory.image(imageId);
                if (Files.exists(image, LinkOption.NOFOLLOW_LINKS)) {
                    refuseWhenUsed(directory, image);
                    Files.delete(image);
                }
                return OperationResult.NONE;
            } catch (IOException e) {
                throw Volumes.unavailable("image " + imageId, e);
            }
        });
    }

    private void admit(SharedDirectory directory, UUID imageId, Path incoming, OperationControl control)
            throws IOException {
        Path claimed = directory.checking().resolve(imageId + ".incoming");
        // It is there already when the agent died while it looked at it.
        if (!Files.exists(claimed, LinkOption.NOFOLLOW_LINKS)) {
            if (!Files.exists(incoming, LinkOption.NOFOLLOW_LINKS)) {
                throw new AgentException(
                        AgentErrorCode.IMAGE_NOT_FOUND,
                        "There is no file " + incoming.getFileName() + " in the incoming folder");
            }
            // Moved where nobody else can exchange it between the look and the use.
            Files.move(incoming, claimed, StandardCopyOption.ATOMIC_MOVE);
        }
        Path made = directory.checking().resolve(imageId + ".qcow2");
        try {
            Files.deleteIfExists(made);
            check(claimed, made, control);
            // The agent's own, so that no emulator can change what others stand on; the folder cannot be listed.
            Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("r--r--r--"));
            QemuImg.sync(made);
            Files.move(made, directory.image(imageId), StandardCopyOption.ATOMIC_MOVE);
            QemuImg.sync(directory.image(imageId));
            Files.delete(claimed);
        } catch (AgentException | IOException e) {
            Files.deleteIfExists(made);
            if (!Files.exists(incoming, LinkOption.NOFOLLOW_LINKS)) {
                Files.move(claimed, incoming, StandardCopyOption.ATOMIC_MOVE);
            }
            throw e;
        }
    }

    private void check(Path claimed, Path made, OperationControl control) throws IOException {
        if (!Files.isRegularFile(claimed, LinkOption.NOFOLLOW_LINKS)) {
            throw ImageInspector.invalid("The incoming file is not a regular file");
        }
        if (inspector.detect(claimed) == ImageInspector.Format.RAW) {
            qemuImg.convertRaw(claimed, made);
        } else {
            // Whoever put it there may still have it open: what is checked is a copy of our own.
            copy(claimed, made, control);
            inspector.checkQcow2(made);
        }
        control.stopIfCancelled();
    }

    private static void copy(Path from, Path to, OperationControl control) throws IOException {
        try (FileChannel source = FileChannel.open(from, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS));
                FileChannel target = FileChannel.open(to, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            long position = 0;
            long size = source.size();
            while (position < size) {
                control.stopIfCancelled();
                long copied = source.transferTo(position, Math.min(COPY_STEP_BYTES, size - position), target);
                if (copied <= 0) {
                    throw new IOException("The incoming file became shorter while it was copied");
                }
                position += copied;
            }
        }
    }

    private static void refuseWhenUsed(SharedDirectory directory, Path image) throws IOException {
        String name = String.valueOf(image.getFileName());
        try (DirectoryStream<Path> disks = Files.newDirectoryStream(directory.disks(), "*.qcow2")) {
            for (Path disk : disks) {
                Optional<String> backing = Qcow2Header.read(disk).flatMap(Qcow2Header::backingFile);
                if (backing.isPresent() && backing.get().endsWith("/" + name)) {
                    throw new AgentException(
                            AgentErrorCode.OBJECT_IN_USE,
                            "The image is used by disk " + disk.getFileName() + "; remove the disk first");
                }
            }
        }
    }
}

package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Which storage domain is where on this host. A domain's directory carries its id in a mark file: an unmounted share, or
 * the wrong one, is noticed before anything is written to it.
 */
public final class SharedDirectories {

    private static final String LINE_SEPARATOR = "\n";

    private final Path file;
    private final UnaryOperator<Path> mounts;
    private final Map<UUID, SharedDirectory> directories = new ConcurrentHashMap<>();

    private SharedDirectories(Path file, UnaryOperator<Path> mounts) {
        this.file = file;
        this.mounts = mounts;
    }

    /** Reads the mapping that was remembered: a line with id and path per domain. */
    public static SharedDirectories open(Path file) {
        return open(file, UnaryOperator.identity());
    }

    /** @param mounts where a directory that the host knows by a path is for this process */
    public static SharedDirectories open(Path file, UnaryOperator<Path> mounts) {
        SharedDirectories known = new SharedDirectories(file, mounts);
        try {
            if (Files.exists(file)) {
                for (String line : Files.readAllLines(file)) {
                    int blank = line.indexOf(' ');
                    if (blank > 0) {
                        UUID id = UUID.fromString(line.substring(0, blank));
                        known.directories.put(id, new SharedDirectory(id, Path.of(line.substring(blank + 1))));
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
        return known;
    }

    /**
     * The directory of a storage domain, seen to be there now.
     *
     * @throws AgentException STORAGE_UNAVAILABLE
     */
    public SharedDirectory require(UUID storageDomainId) {
        SharedDirectory directory = directories.get(storageDomainId);
        if (directory == null) {
            throw unavailable("The storage domain " + storageDomainId + " has not been made ready on this host");
        }
        checkMark(directory);
        return directory;
    }

    /** Checks a directory, marks it at first use, and remembers it. */
    public synchronized void ensure(UUID storageDomainId, String path) {
        Path absolute = mounts.apply(absolute(path));
        SharedDirectory directory = new SharedDirectory(storageDomainId, absolute);
        if (!Files.isDirectory(absolute)) {
            throw unavailable("There is no directory " + absolute + " on this host: is the share mounted?");
        }
        if (!Files.isWritable(absolute)) {
            throw unavailable("The directory " + absolute + " cannot be written to");
        }
        if (!Files.exists(directory.mark(), LinkOption.NOFOLLOW_LINKS)) {
            if (directory.equals(directories.get(storageDomainId))) {
                throw unavailable("The directory " + absolute + " has lost its mark: is the share mounted?");
            }
            writeMark(directory);
        }
        checkMark(directory);
        createFolders(directory);
        if (!directory.equals(directories.put(storageDomainId, directory))) {
            remember();
        }
    }

    private static Path absolute(String path) {
        // Quotes and blanks are fine in a path; a line break would break the remembered mapping.
        if (!path.startsWith("/") || path.chars().anyMatch(Character::isISOControl)) {
            throw AgentException.validation("A shared directory needs an absolute path without control characters");
        }
        Path absolute = Path.of(path);
        if (!absolute.equals(absolute.normalize()) || absolute.getNameCount() == 0) {
            throw AgentException.validation("A shared directory's path must not contain \"..\" nor be the root");
        }
        return absolute;
    }

    private static void writeMark(SharedDirectory directory) {
        Path temporary = directory.path().resolve(SharedDirectory.MARK + "." + UUID.randomUUID());
        try {
            Files.writeString(temporary, directory.storageDomainId() + LINE_SEPARATOR);
            // A link fails when another host was first, and is never seen half written.
            Files.createLink(directory.mark(), temporary);
        } catch (FileAlreadyExistsException e) {
            checkMark(directory);
        } catch (IOException e) {
            throw new AgentException(
                    AgentErrorCode.STORAGE_UNAVAILABLE, "The directory " + directory.path() + " cannot be marked", e);
        } finally {
            deleteQuietly(temporary);
        }
    }

    private static void checkMark(SharedDirectory directory) {
        String owner;
        try {
            if (!Files.isRegularFile(directory.mark(), LinkOption.NOFOLLOW_LINKS)) {
                throw unavailable("The directory " + directory.path() + " carries no mark: is the share mounted?");
            }
            owner = Files.readString(directory.mark()).strip();
        } catch (IOException e) {
            throw new AgentException(
                    AgentErrorCode.STORAGE_UNAVAILABLE, "The directory " + directory.path() + " cannot be read", e);
        }
        if (!owner.equals(directory.storageDomainId().toString())) {
            throw unavailable("The directory " + directory.path() + " belongs to another storage domain");
        }
    }

    private static void createFolders(SharedDirectory directory) {
        try {
            // Emulators open what they are told by name; nobody but the agent can see what there is.
            folder(directory.images(), "rwx--x--x");
            folder(directory.disks(), "rwx--x--x");
            folder(directory.seeds(), "rwx--x--x");
            folder(directory.incoming(), "rwx------");
            folder(directory.checking(), "rwx------");
        } catch (IOException e) {
            throw new AgentException(
                    AgentErrorCode.STORAGE_UNAVAILABLE, "Cannot make folders in " + directory.path(), e);
        }
    }

    private static void folder(Path folder, String permissions) throws IOException {
        if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
            throw unavailable(folder + " is not a folder");
        }
        try {
            Files.createDirectory(folder);
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(permissions));
        } catch (FileAlreadyExistsException e) {
            // Another host made it in the same moment.
            folder(folder, permissions);
        }
    }

    private void remember() {
        DurableFiles.replace(
                file,
                directories.values().stream()
                        .map(directory -> directory.storageDomainId() + " " + directory.path())
                        .sorted()
                        .collect(Collectors.joining(LINE_SEPARATOR, "", LINE_SEPARATOR)));
    }

    private static void deleteQuietly(Path path) {
        try {
            Files.deleteIfExists(path);
        } catch (IOException e) {
            System.getLogger(SharedDirectories.class.getName())
                    .log(System.Logger.Level.WARNING, "Cannot remove " + path, e);
        }
    }

    private static AgentException unavailable(String message) {
        return new AgentException(AgentErrorCode.STORAGE_UNAVAILABLE, message);
    }
}

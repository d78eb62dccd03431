package dev.meseta.lab.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

/**
 * Where everything that {@code up} makes is kept.
 *
 * @param root the folder; other users may pass through it (QEMU's must), the files with secrets are the owner's alone
 */
public record StateFolder(Path root) {

    private static final String MANAGER = "manager";

    public StateFolder {
        root = root.toAbsolutePath().normalize();
    }

    /** A manager's own state: identity, passwords. The first one's also holds what all of them seal secrets with. */
    public Path manager(int index) {
        return root.resolve(managerName(index));
    }

    /** What people call a manager: the first one is just that, also where there are more. */
    static String managerName(int index) {
        return index == 1 ? MANAGER : MANAGER + "-" + index;
    }

    /** State of the embedded PostgreSQL that all managers share. */
    public Path database() {
        // Where it was when there was one manager only.
        return Files.isDirectory(manager(1).resolve("postgres")) ? manager(1) : root.resolve("database");
    }

    /** What managers seal secrets in the database with. */
    Path sealingKey() {
        return manager(1).resolve("sealing.key");
    }

    public Path lab() {
        return root.resolve("lab");
    }

    /** Where traces go. */
    Path collector() {
        return lab().resolve("traces");
    }

    /** State of the simulated hosts. */
    public Path fleet() {
        return root.resolve("fleet");
    }

    /** A Keycloak of the data center's own, with its secrets. */
    Path keycloak() {
        return root.resolve("keycloak");
    }

    /** Downloaded packages, built images and the programs of each build; survives everything but a purge. */
    public Path cache() {
        return root.resolve("cache");
    }

    public Path managerLog(int index) {
        return root.resolve(managerName(index) + ".log");
    }

    /** A manager's process and how it was started. */
    Path managerRecord(int index) {
        return root.resolve(managerName(index) + ".json");
    }

    Path managerPid(int index) {
        return root.resolve(managerName(index) + ".pid");
    }

    /** For programs: address, authority and where the administrator's secrets are. */
    public Path access() {
        return root.resolve("access.json");
    }

    /** All that a purge takes away. */
    public List<Path> data() {
        try (Stream<Path> entries = Files.exists(root) ? Files.list(root) : Stream.empty()) {
            return entries.filter(entry -> entry.getFileName()
                            .toString()
                            .matches("(manager|database|lab|fleet|keycloak)(-\\d+)?(\\.log|\\.pid)?"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the access file in one step, readable by the owner alone. */
    void writeAccess(String content) {
        try {
            Path copy = root.resolve("access.json.new");
            Files.deleteIfExists(copy);
            Files.createFile(copy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(copy, content);
            Files.move(copy, access(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

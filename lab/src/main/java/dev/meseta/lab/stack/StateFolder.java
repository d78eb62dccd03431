package dev.meseta.lab.stack;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where everything that {@code up} makes is kept.
 *
 * @param root the folder; other users may pass through it (QEMU's must), the files with secrets are the owner's alone
 */
public record StateFolder(Path root) {

    public StateFolder {
        root = root.toAbsolutePath().normalize();
    }

    /** The manager's own state: keys, database, passwords. */
    public Path manager() {
        return root.resolve("manager");
    }

    public Path lab() {
        return root.resolve("lab");
    }

    /** State of the simulated hosts. */
    public Path fleet() {
        return root.resolve("fleet");
    }

    /** Downloaded packages and built images; survives everything but a purge. */
    public Path cache() {
        return root.resolve("cache");
    }

    /** The programs that run, one folder for each build of them. */
    public Path programs() {
        return root.resolve("programs");
    }

    public Path managerLog() {
        return root.resolve("manager.log");
    }

    /** The manager's process and how it was started. */
    public Path managerRecord() {
        return root.resolve("manager.json");
    }

    /** For programs: address, authority and where the administrator's secrets are. */
    public Path access() {
        return root.resolve("access.json");
    }

    /** Writes the manager's access file where programs look for it, readable by the owner alone. */
    void publishAccess() {
        try {
            Path copy = root.resolve("access.json.new");
            Files.deleteIfExists(copy);
            Files.createFile(copy, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(copy, Files.readAllBytes(manager().resolve("access.json")));
            Files.move(copy, access(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

package dev.meseta.manager.shared;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/**
 * Which manager this is: the same after every restart of this installation.
 *
 * @param id also in the SAN URI of its certificate
 */
public record ManagerIdentity(UUID id) {

    /** Reads the id, or makes one when there is none yet. */
    public static ManagerIdentity inFile(Path file, UuidGenerator ids) {
        try {
            if (Files.notExists(file)) {
                OwnerOnlyFiles.write(file, ids.next() + "\n");
            }
            String text = Files.readString(file).strip();
            try {
                return new ManagerIdentity(UUID.fromString(text));
            } catch (IllegalArgumentException e) {
                throw new IllegalStateException(
                        "%s must hold this manager's id; restore it from a backup of the state folder".formatted(file),
                        e);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("The file " + file + " cannot be read or written", e);
        }
    }
}

package dev.meseta.agent.identity;

import dev.meseta.agent.system.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;

/**
 * Keys and certificates in the agent's state directory. A key and its certificates share one file, so that a crash in the
 * middle of a renewal cannot tear them apart.
 */
public final class IdentityFiles {

    private final Path directory;

    public IdentityFiles(Path stateDirectory) {
        this.directory = stateDirectory.resolve("identity");
    }

    /** Everything a host is given when it joins. */
    public record Stored(
            KeyAndChain agent,
            KeyAndChain migration,
            X509Certificate controlAuthority,
            X509Certificate migrationAuthority) {}

    public boolean present() {
        return Files.exists(agentFile());
    }

    /**
     * Reads what joining stored.
     *
     * @throws UncheckedIOException when it is not there or not readable
     */
    public Stored load() {
        try {
            return new Stored(
                    read(agentFile()),
                    read(migrationFile()),
                    Certificates.certificatesIn(Files.readString(controlAuthorityFile()))
                            .getFirst(),
                    Certificates.certificatesIn(Files.readString(migrationAuthorityFile()))
                            .getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the identity in " + directory, e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("The identity in " + directory + " is damaged", e);
        }
    }

    /** Stores everything; the agent's own file comes last and says that all is there. */
    public void store(Stored identity) {
        DurableFiles.createPrivateDirectory(directory);
        DurableFiles.replace(controlAuthorityFile(), Certificates.pem(java.util.List.of(identity.controlAuthority())));
        DurableFiles.replace(
                migrationAuthorityFile(), Certificates.pem(java.util.List.of(identity.migrationAuthority())));
        write(migrationFile(), identity.migration());
        write(agentFile(), identity.agent());
    }

    private static KeyAndChain read(Path file) throws IOException, GeneralSecurityException {
        String pem = Files.readString(file);
        return new KeyAndChain(Certificates.keyIn(pem), Certificates.certificatesIn(pem));
    }

    private static void write(Path file, KeyAndChain content) {
        DurableFiles.replace(file, Certificates.pem(content.key()) + Certificates.pem(content.chain()));
    }

    private Path agentFile() {
        return directory.resolve("agent.pem");
    }

    private Path migrationFile() {
        return directory.resolve("migration.pem");
    }

    private Path controlAuthorityFile() {
        return directory.resolve("control-ca.pem");
    }

    private Path migrationAuthorityFile() {
        return directory.resolve("migration-ca.pem");
    }
}

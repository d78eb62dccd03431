package dev.meseta.agent.identity;

import dev.meseta.agent.system.DurableFiles;
import dev.meseta.agent.system.FileOwner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/** The migration certificate where QEMU looks for it, in the layout that it and libvirt agree on. */
public final class EmulatorCertificates {

    private static final String AUTHORITY = "ca-cert.pem";
    private static final List<String> KEYS = List.of("server-key.pem", "client-key.pem");
    private static final List<String> CERTIFICATES = List.of("server-cert.pem", "client-cert.pem");

    private final Path directory;
    private final FileOwner emulator;

    /** @param emulator the user that shall read them */
    public EmulatorCertificates(Path directory, FileOwner emulator) {
        this.directory = directory;
        this.emulator = emulator;
    }

    /**
     * Puts the files in place. The same key serves as client and server, and a renewal keeps it, so that a QEMU that
     * reads in the middle of this never sees a key beside another key's certificate.
     */
    public void write(KeyAndChain migration, X509Certificate authority) {
        byte[] authorityPem = Certificates.pem(List.of(authority)).getBytes(StandardCharsets.US_ASCII);
        byte[] chainPem = Certificates.pem(migration.chain()).getBytes(StandardCharsets.US_ASCII);
        try {
            Files.createDirectories(directory);
            // Certificates are written last: where they are right, the keys are.
            if (holds(AUTHORITY, authorityPem)
                    && CERTIFICATES.stream().allMatch(name -> holds(name, chainPem))
                    && KEYS.stream().allMatch(name -> Files.isRegularFile(directory.resolve(name)))) {
                return;
            }
            byte[] keyPem = EmulatorKey.pem(migration.key(), migration.leaf().getPublicKey())
                    .getBytes(StandardCharsets.US_ASCII);
            for (String name : KEYS) {
                put(name, keyPem);
            }
            put(AUTHORITY, authorityPem);
            for (String name : CERTIFICATES) {
                put(name, chainPem);
            }
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write QEMU's migration certificates to " + directory, e);
        }
    }

    private boolean holds(String name, byte[] content) {
        Path file = directory.resolve(name);
        try {
            return Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), content);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read " + file, e);
        }
    }

    private void put(String name, byte[] content) throws IOException {
        Path unfinished = directory.resolve("." + name + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(unfinished, PosixFilePermissions.asFileAttribute(DurableFiles.OWNER_ONLY));
        Files.write(unfinished, content, StandardOpenOption.WRITE);
        emulator.own(unfinished, "rw-------");
        Files.move(
                unfinished,
                directory.resolve(name),
                StandardCopyOption.ATOMIC_MOVE,
                StandardCopyOption.REPLACE_EXISTING);
    }
}

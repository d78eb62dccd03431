package dev.meseta.agent.identity;

import dev.meseta.agent.system.FileOwner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.cert.X509Certificate;
import java.util.Arrays;
import java.util.List;

/** The migration certificate where QEMU looks for it, in the layout that it and libvirt agree on. */
public final class EmulatorCertificates {

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
        try {
            Files.createDirectories(directory);
            String chain = Certificates.pem(migration.chain());
            String key = EmulatorKey.pem(migration.key(), migration.leaf().getPublicKey());
            put("ca-cert.pem", Certificates.pem(List.of(authority)));
            put("server-key.pem", key);
            put("client-key.pem", key);
            put("server-cert.pem", chain);
            put("client-cert.pem", chain);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write QEMU's migration certificates to " + directory, e);
        }
    }

    private void put(String name, String content) throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.US_ASCII);
        Path file = directory.resolve(name);
        if (Files.isRegularFile(file) && Arrays.equals(Files.readAllBytes(file), bytes)) {
            emulator.own(file, "rw-------");
            return;
        }
        Path unfinished = directory.resolve("." + name + ".new");
        Files.deleteIfExists(unfinished);
        Files.createFile(
                unfinished,
                java.nio.file.attribute.PosixFilePermissions.asFileAttribute(
                        dev.meseta.agent.system.DurableFiles.OWNER_ONLY));
        Files.write(unfinished, bytes, StandardOpenOption.WRITE);
        emulator.own(unfinished, "rw-------");
        Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}

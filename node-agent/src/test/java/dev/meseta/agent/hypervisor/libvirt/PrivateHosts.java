package dev.meseta.agent.hypervisor.libvirt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.UUID;

/** Two private hosts with a cable between them and a folder of disks that both see. */
final class PrivateHosts implements AutoCloseable {

    private static final int DISK_SIZE = 1 << 20;
    private static final int SECTOR_SIZE = 512;

    /**
     * Writes 0x10000 to 0x8FFFF again and again with a changing word; after each pass looks whether the power button was
     * pressed (PM1 status at 600h, enabled at 602h) and then powers off (604h).
     */
    private static final String GUEST = "fcfaba0206b80001efbb00108ec331ffb9008089e8f3ab81c3001081fb0090"
            + "75eb45ba0006edf6c40174deba0406b80020eff4ebfd";

    private final Path folder;
    private final Path template;
    final PrivateHost one;
    final PrivateHost other;

    PrivateHosts() {
        try {
            folder = Files.createTempDirectory(
                    "hosts", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
            byte[] disk = Arrays.copyOf(HexFormat.of().parseHex(GUEST), DISK_SIZE);
            disk[SECTOR_SIZE - 2] = 0x55;
            disk[SECTOR_SIZE - 1] = (byte) 0xaa;
            template = Files.write(folder.resolve("guest.raw"), disk);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        MigrationCertificates certificates = new MigrationCertificates();
        String suffix = Long.toString(ProcessHandle.current().pid(), Character.MAX_RADIX);
        one = new PrivateHost(folder, "mt1-" + suffix, "10.254.0.1", certificates);
        other = new PrivateHost(folder, "mt2-" + suffix, "10.254.0.2", certificates);
        PrivateHost.connect(one, other);
        one.start();
        other.start();
    }

    Path newDisk(UUID diskId) {
        Path disk = folder.resolve(diskId + ".qcow2");
        Commands.run("qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", template.toString(), disk.toString());
        return disk;
    }

    @Override
    public void close() {
        one.close();
        other.close();
        try (var files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

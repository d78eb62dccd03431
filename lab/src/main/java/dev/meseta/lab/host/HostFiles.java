package dev.meseta.lab.host;

import dev.meseta.agent.hypervisor.libvirt.QemuConfiguration;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;

/** What a lab host has on its disk before anything runs on it: identity and the configuration of libvirt. */
final class HostFiles {

    /** Name of the file with the script of the first process. */
    static final String SCRIPT = "host-init";

    private final Path folder;

    HostFiles(Path folder) {
        this.folder = folder;
    }

    /** Writes what is missing; what a host has already stays, so that its identity outlives a restart. */
    void write(String name, String address, List<String> hostTable) {
        try {
            Path identity = disk("var/lib/meseta-lab/host-uuid");
            if (!Files.exists(identity)) {
                text(identity, UUID.randomUUID() + "\n");
            }
            String hostUuid = Files.readString(identity).strip();
            text(disk("etc/machine-id"), hostUuid.replace("-", "") + "\n");
            text(disk("etc/hosts"), "127.0.0.1 localhost\n" + String.join("\n", hostTable) + "\n");
            text(disk("etc/libvirt/libvirtd.conf"), """
                    # Local socket only; the control connection of a migration is carried by the agents.
                    listen_tls = 0
                    listen_tcp = 0
                    auth_unix_rw = "none"
                    host_uuid = "%s"
                    log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
                    """.formatted(hostUuid));
            text(
                    disk("etc/libvirt/qemu.conf"),
                    qemu(address).render()
                            // The machine's AppArmor, where it has one, knows no paths of the lab.
                            + "security_driver = \"none\"\n");
            Files.createDirectories(disk("etc/pki/qemu"));
            text(folder.resolve("name"), name + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * As on every host, but without cgroups and mount namespaces around a QEMU, for which a namespace of the lab has
     * nothing to offer. The agent owns the disks: it shares them with other hosts.
     */
    private static QemuConfiguration qemu(String address) {
        QemuConfiguration usual = QemuConfiguration.of(Path.of("/etc/pki/qemu"), address);
        return new QemuConfiguration(
                usual.user(),
                usual.group(),
                usual.migrationCertificates(),
                usual.migrationAddress(),
                usual.firstMigrationPort(),
                usual.lastMigrationPort(),
                false,
                false);
    }

    /** A path on the host's own disk, seen from outside. */
    Path disk(String path) {
        return folder.resolve("disk").resolve(path);
    }

    /** Puts the script of the first process beside the hosts. */
    static void writeScript(Path directory) {
        try (InputStream resource = HostFiles.class.getResourceAsStream(SCRIPT)) {
            if (resource == null) {
                throw new IllegalStateException(SCRIPT + " is missing in this build");
            }
            Files.write(directory.resolve(SCRIPT), resource.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void text(Path file, String content) throws IOException {
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }
}

package dev.meseta.lab.host;

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
            text(disk("etc/libvirt/qemu.conf"), """
                    user = "libvirt-qemu"
                    group = "libvirt-qemu"
                    seccomp_sandbox = 1
                    # A namespace of the lab has no cgroup tree of its own, and the machine's AppArmor knows no lab paths.
                    cgroup_controllers = [ ]
                    namespaces = [ ]
                    security_driver = "none"
                    remember_owner = 0
                    migration_address = "%s"
                    migrate_tls_x509_cert_dir = "/etc/pki/qemu"
                    migrate_tls_x509_verify = 1
                    """.formatted(address));
            text(disk("etc/libvirt/virtlogd.conf"), "max_clients = 64\n");
            Files.createDirectories(disk("etc/pki/qemu"));
            text(folder.resolve("name"), name + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
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

package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A libvirtd of the test's own, in its own mount, network and UTS namespaces, with nothing shared but the disks. */
final class PrivateHost implements AutoCloseable {

    private final String name;
    private final String address;
    private final Path folder;
    private final Path script;
    private @Nullable Process daemon;

    PrivateHost(Path parent, String name, String address, MigrationCertificates certificates) {
        this.name = name;
        this.address = address;
        this.folder = parent.resolve(name);
        this.script = folder.resolve("start-libvirtd.sh");
        try {
            for (String sub : new String[] {"run", "etc", "lib", "log", "cache"}) {
                Files.createDirectories(folder.resolve(sub));
            }
            certificates.writeTo(certificates(), address);
            Files.writeString(
                    folder.resolve("etc/qemu.conf"),
                    QemuConfiguration.of(certificates(), address)
                            .withoutIsolation()
                            .render());
            Files.writeString(folder.resolve("etc/libvirtd.conf"), """
                    host_uuid = "%s"
                    auth_unix_rw = "none"
                    unix_sock_rw_perms = "0700"
                    log_outputs = "2:file:%s"
                    """.formatted(
                            UUID.randomUUID(), folder.resolve("log/libvirtd.log")));
            try (InputStream resource = PrivateHost.class.getResourceAsStream("start-libvirtd.sh")) {
                if (resource == null) {
                    throw new AssertionError("start-libvirtd.sh is not among the test resources");
                }
                Files.copy(resource, script);
            }
            if (Files.exists(Path.of("/dev/kvm"))) {
                // One that QEMU's user may open: otherwise every call of libvirt takes seconds.
                Commands.run("mknod", "--mode=666", kvmDevice().toString(), "c", "10", "232");
            }
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Commands.run("ip", "netns", "add", name);
        Commands.run("ip", "-n", name, "link", "set", "lo", "up");
    }

    /** Joins two hosts by a cable. */
    static void connect(PrivateHost one, PrivateHost other) {
        Commands.run(
                "ip",
                "link",
                "add",
                "eth0",
                "netns",
                one.name,
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "netns",
                other.name);
        for (PrivateHost host : new PrivateHost[] {one, other}) {
            Commands.run("ip", "-n", host.name, "address", "add", host.address + "/24", "dev", "eth0");
            Commands.run("ip", "-n", host.name, "link", "set", "eth0", "up");
        }
    }

    /** Its network namespace. */
    String network() {
        return name;
    }

    String address() {
        return address;
    }

    Path socket() {
        return folder.resolve("run/libvirt/libvirt-sock");
    }

    String uri() {
        return "qemu+unix:///system?socket=" + socket();
    }

    /** Its file system, seen from here. */
    Path root() {
        Process running = daemon;
        if (running == null) {
            throw new IllegalStateException("libvirtd of " + name + " does not run");
        }
        return Path.of("/proc", Long.toString(running.pid()), "root");
    }

    Path kvmDevice() {
        return folder.resolve("kvm");
    }

    Path certificates() {
        return folder.resolve("etc/pki");
    }

    void start() {
        Process started;
        try {
            started = new ProcessBuilder(
                            "ip",
                            "netns",
                            "exec",
                            name,
                            "unshare",
                            "--mount",
                            "--uts",
                            "sh",
                            script.toString(),
                            folder.toString(),
                            name)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(
                            folder.resolve("log/start.log").toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        daemon = started;
        Await.until("libvirtd of " + name + " answers", () -> {
            if (!started.isAlive()) {
                throw new AssertionError("libvirtd of " + name + " ended; see " + folder.resolve("log"));
            }
            return virshAttempt("version").exit() == 0;
        });
    }

    /** As by {@code kill -9}; the QEMUs go on. */
    void killDaemon() {
        Process running = daemon;
        if (running != null) {
            try {
                running.destroyForcibly().waitFor();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new AssertionError("interrupted", e);
            }
        }
    }

    String virsh(String... command) {
        return Commands.run(virshCommand(command));
    }

    Commands.Result virshAttempt(String... command) {
        return Commands.attempt(virshCommand(command));
    }

    /** The QEMU of a domain. */
    ProcessHandle emulator(UUID vmId) {
        Path pid = folder.resolve("run/libvirt/qemu").resolve(virsh("domname", vmId.toString()) + ".pid");
        try {
            return ProcessHandle.of(Long.parseLong(Files.readString(pid).strip()))
                    .orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void addBridge(String bridge) {
        Commands.run("ip", "-n", name, "link", "add", bridge, "type", "bridge");
        Commands.run("ip", "-n", name, "link", "set", bridge, "up");
    }

    @Override
    public void close() {
        for (String domain : virshAttempt("list", "--name").output().split("\n")) {
            if (!domain.isBlank()) {
                virshAttempt("destroy", domain);
            }
        }
        killDaemon();
        // Whatever still runs in the namespace is ours.
        for (String pid : Commands.run("ip", "netns", "pids", name).split("\n")) {
            if (!pid.isBlank()) {
                ProcessHandle.of(Long.parseLong(pid)).ifPresent(ProcessHandle::destroyForcibly);
            }
        }
        Commands.run("ip", "netns", "del", name);
    }

    private String[] virshCommand(String... command) {
        String[] whole = new String[command.length + 3];
        whole[0] = "virsh";
        whole[1] = "--connect";
        whole[2] = uri();
        System.arraycopy(command, 0, whole, 3, command.length);
        return whole;
    }
}

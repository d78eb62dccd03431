package dev.meseta.agent.hypervisor.libvirt;

import java.nio.file.Path;
import java.time.Duration;

/**
 * Where things are on this host.
 *
 * @param emulator QEMU's binary
 * @param qemuUser the user libvirt runs QEMU as, see {@link QemuConfiguration}
 * @param kvmDevice the kernel's virtualization device
 * @param processorInformation the kernel's description of the processors
 * @param bootId file with an id that is new at every start of the operating system
 * @param users the system's users, in the format of passwd(5)
 * @param groups the system's groups, in the format of group(5)
 * @param migrationCertificates folder with the certificates of QEMU's migration TLS, see {@link QemuConfiguration}
 * @param root where libvirtd's file system is, seen from here
 * @param serialSockets folder for the sockets of guests' serial ports, as libvirtd sees it
 * @param keepAliveSeconds libvirtd must answer a ping sent that often
 * @param keepAliveCount so many unanswered pings end the connection
 * @param reconnectDelay between two attempts to reach a libvirtd that went away
 */
public record LibvirtSettings(
        Path emulator,
        String qemuUser,
        Path kvmDevice,
        Path processorInformation,
        Path bootId,
        Path users,
        Path groups,
        Path migrationCertificates,
        Path root,
        Path serialSockets,
        int keepAliveSeconds,
        int keepAliveCount,
        Duration reconnectDelay) {

    /** Debian's places. */
    public static LibvirtSettings defaults() {
        return new LibvirtSettings(
                Path.of("/usr/bin/qemu-system-x86_64"),
                "libvirt-qemu",
                Path.of("/dev/kvm"),
                Path.of("/proc/cpuinfo"),
                Path.of("/proc/sys/kernel/random/boot_id"),
                Path.of("/etc/passwd"),
                Path.of("/etc/group"),
                Path.of("/etc/pki/qemu"),
                Path.of("/"),
                Path.of("/run/meseta/serial"),
                5,
                3,
                Duration.ofMillis(500));
    }

    /** Of a libvirtd that has a file system of its own. */
    LibvirtSettings withRoot(Path folder) {
        return new LibvirtSettings(
                emulator,
                qemuUser,
                kvmDevice,
                processorInformation,
                bootId,
                users,
                groups,
                migrationCertificates,
                folder,
                serialSockets,
                keepAliveSeconds,
                keepAliveCount,
                reconnectDelay);
    }

    public LibvirtSettings withMigrationCertificates(Path folder) {
        return new LibvirtSettings(
                emulator,
                qemuUser,
                kvmDevice,
                processorInformation,
                bootId,
                users,
                groups,
                folder,
                root,
                serialSockets,
                keepAliveSeconds,
                keepAliveCount,
                reconnectDelay);
    }
}

package dev.meseta.agent.hypervisor.libvirt;

import java.nio.file.Path;
import java.util.Optional;

/**
 * The parts of libvirt's {@code qemu.conf} that Meseta depends on. Every host's libvirtd must run with {@link #render}:
 * QEMU is neither root nor free of seccomp, and migration memory is encrypted.
 *
 * @param user QEMU's user; never root
 * @param group QEMU's group
 * @param migrationCertificates folder with {@code ca-cert.pem}, {@code server-cert.pem}, {@code server-key.pem},
 *     {@code client-cert.pem} and {@code client-key.pem}, readable by QEMU's user
 * @param migrationAddress the address that an incoming QEMU listens on
 * @param firstMigrationPort inclusive
 * @param lastMigrationPort inclusive; one port for every incoming migration at a time
 * @param dynamicOwnership libvirt gives disks to QEMU's user and takes them back; switch it off where the storage layer
 *     sets owners itself, because with shared folders the source of a migration takes the files back from under the target
 * @param isolation cgroups and mount namespaces around every QEMU; off only on machines without systemd's cgroup
 *     delegation, such as a lab in namespaces
 */
public record QemuConfiguration(
        String user,
        String group,
        Path migrationCertificates,
        Optional<String> migrationAddress,
        int firstMigrationPort,
        int lastMigrationPort,
        boolean dynamicOwnership,
        boolean isolation) {

    private static final int LOWEST_PORT = 1024;
    private static final int HIGHEST_PORT = 65535;

    public QemuConfiguration {
        requireWord("user", user);
        requireWord("group", group);
        if (user.equals("root")) {
            throw new IllegalArgumentException("QEMU must not run as root");
        }
        requireQuotable("migrationCertificates", migrationCertificates.toString());
        migrationAddress.ifPresent(address -> requireQuotable("migrationAddress", address));
        if (firstMigrationPort < LOWEST_PORT
                || lastMigrationPort > HIGHEST_PORT
                || firstMigrationPort > lastMigrationPort) {
            throw new IllegalArgumentException("no range of ports: " + firstMigrationPort + " to " + lastMigrationPort);
        }
    }

    /** Debian's user and libvirt's usual ports. */
    public static QemuConfiguration of(Path migrationCertificates, String migrationAddress) {
        return new QemuConfiguration(
                "libvirt-qemu",
                "libvirt-qemu",
                migrationCertificates,
                Optional.of(migrationAddress),
                49152,
                49215,
                true,
                true);
    }

    /** For a host that lives in namespaces on a machine without systemd. */
    public QemuConfiguration withoutIsolation() {
        return new QemuConfiguration(
                user,
                group,
                migrationCertificates,
                migrationAddress,
                firstMigrationPort,
                lastMigrationPort,
                dynamicOwnership,
                false);
    }

    /** Text for {@code /etc/libvirt/qemu.conf}. */
    public String render() {
        StringBuilder text = new StringBuilder();
        line(text, "user", quoted(user));
        line(text, "group", quoted(group));
        line(text, "dynamic_ownership", flag(dynamicOwnership));
        // Ownership notes in extended attributes would be one host's, on files that several hosts share.
        line(text, "remember_owner", flag(false));
        line(text, "seccomp_sandbox", flag(true));
        line(text, "default_tls_x509_cert_dir", quoted(migrationCertificates.toString()));
        line(text, "default_tls_x509_verify", flag(true));
        line(text, "migrate_tls_x509_cert_dir", quoted(migrationCertificates.toString()));
        line(text, "migrate_tls_x509_verify", flag(true));
        migrationAddress.ifPresent(address -> {
            line(text, "migration_address", quoted(address));
            line(text, "migration_host", quoted(address));
        });
        line(text, "migration_port_min", Integer.toString(firstMigrationPort));
        line(text, "migration_port_max", Integer.toString(lastMigrationPort));
        if (!isolation) {
            line(text, "cgroup_controllers", "[ ]");
            line(text, "namespaces", "[ ]");
            // Without virtlogd.
            line(text, "stdio_handler", quoted("file"));
        }
        return text.toString();
    }

    private static void line(StringBuilder text, String key, String value) {
        text.append(key).append(" = ").append(value).append('\n');
    }

    private static String flag(boolean on) {
        return on ? "1" : "0";
    }

    private static String quoted(String value) {
        return '"' + value + '"';
    }

    private static void requireWord(String what, String value) {
        if (!value.matches("[A-Za-z_][A-Za-z0-9_.-]*")) {
            throw new IllegalArgumentException(what + " is no system name: " + value);
        }
    }

    /** qemu.conf has no way to quote a quote. */
    private static void requireQuotable(String what, String value) {
        if (value.isEmpty() || value.chars().anyMatch(character -> character == '"' || character < ' ')) {
            throw new IllegalArgumentException(what + " cannot be written in qemu.conf: " + value);
        }
    }
}

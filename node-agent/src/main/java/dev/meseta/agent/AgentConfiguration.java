package dev.meseta.agent;

import dev.meseta.agent.system.DurableFiles;
import dev.meseta.agent.system.HostAndPort;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * How this agent is set up; written by joining, and a person may edit it.
 *
 * @param managers where certificates are renewed, at any of them
 * @param listen where this agent serves
 * @param advertise how managers and other agents reach it
 * @param migrationAddress of this host, for migrations and overlays
 * @param libvirtUri the local hypervisor
 * @param libvirtSocket where tunnels of arriving migrations end
 * @param emulatorUser the user that QEMU runs as
 * @param emulatorCertificates where QEMU looks for its migration certificates
 * @param runDirectory for sockets; not kept over a reboot
 * @param flowsFolder in a BPF file system, for what counts the guests' traffic; empty: it is not counted
 */
public record AgentConfiguration(
        List<HostAndPort> managers,
        HostAndPort listen,
        HostAndPort advertise,
        String migrationAddress,
        String libvirtUri,
        Path libvirtSocket,
        String emulatorUser,
        Path emulatorCertificates,
        Path runDirectory,
        Optional<Path> flowsFolder) {

    public AgentConfiguration {
        managers = List.copyOf(managers);
    }

    /** The configuration's file in a state directory. */
    public static Path fileIn(Path stateDirectory) {
        return stateDirectory.resolve("agent.properties");
    }

    /** Debian's places for everything that is not given. */
    public static AgentConfiguration of(
            List<HostAndPort> managers, HostAndPort listen, HostAndPort advertise, String migrationAddress) {
        return from(new Properties(), managers, listen, advertise, migrationAddress);
    }

    /**
     * Reads a file.
     *
     * @throws UncheckedIOException when it cannot be read
     * @throws IllegalArgumentException when a setting is missing or wrong; the message names it
     */
    public static AgentConfiguration read(Path file) {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the configuration " + file + ": join first", e);
        }
        return from(
                properties,
                HostAndPort.parseList(required(properties, "manager")),
                HostAndPort.parse(required(properties, "listen")),
                HostAndPort.parse(required(properties, "advertise")),
                required(properties, "migration-address"));
    }

    public void write(Path file) {
        TreeMap<String, String> settings = new TreeMap<>();
        settings.put("manager", HostAndPort.list(managers));
        settings.put("listen", listen.toString());
        settings.put("advertise", advertise.toString());
        settings.put("migration-address", migrationAddress);
        settings.put("libvirt-uri", libvirtUri);
        settings.put("libvirt-socket", libvirtSocket.toString());
        settings.put("emulator-user", emulatorUser);
        settings.put("emulator-certificates", emulatorCertificates.toString());
        settings.put("run-directory", runDirectory.toString());
        settings.put("flows-folder", flowsFolder.map(Path::toString).orElse(""));
        StringBuilder text = new StringBuilder("# Settings of this host's Meseta agent; read when it starts.\n");
        settings.forEach(
                (name, value) -> text.append(name).append('=').append(value).append('\n'));
        DurableFiles.replace(file, text.toString());
    }

    private static AgentConfiguration from(
            Properties properties,
            List<HostAndPort> managers,
            HostAndPort listen,
            HostAndPort advertise,
            String migrationAddress) {
        return new AgentConfiguration(
                managers,
                listen,
                advertise,
                migrationAddress,
                properties.getProperty("libvirt-uri", "qemu:///system"),
                Path.of(properties.getProperty("libvirt-socket", "/run/libvirt/libvirt-sock")),
                properties.getProperty("emulator-user", "libvirt-qemu"),
                Path.of(properties.getProperty("emulator-certificates", "/etc/pki/qemu")),
                Path.of(properties.getProperty("run-directory", "/run/meseta-agent")),
                Optional.of(properties
                                .getProperty("flows-folder", "/sys/fs/bpf/meseta")
                                .strip())
                        .filter(folder -> !folder.isEmpty())
                        .map(Path::of));
    }

    private static String required(Properties properties, String name) {
        String value = properties.getProperty(name);
        if (value == null || value.isBlank()) {
            throw new IllegalArgumentException("The setting " + name + " is missing");
        }
        return value.strip();
    }
}

package dev.meseta.lab.host;

import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.Signals;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Several real hosts on this machine, with a network and shared storage between them. What it makes is written down
 * before it is made, so that another run can take it over or take it away.
 */
public final class Lab implements AutoCloseable {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Duration STOP_LIMIT = Duration.ofSeconds(30);

    private final Path directory;
    private final boolean boundToThisProcess;
    private final LabNames names;
    private final LabNetwork network;
    private final List<LabHost> hosts = new ArrayList<>();

    private Lab(Path directory, boolean boundToThisProcess, int number) {
        this.directory = directory;
        this.boundToThisProcess = boundToThisProcess;
        this.names = new LabNames(number);
        this.network = new LabNetwork(names);
    }

    /**
     * A lab that ends with this process at the latest: for tests.
     *
     * @param directory an empty folder that holds the hosts' disks; QEMU's user must be able to pass through it
     */
    public static Lab forThisProcess(Path directory) {
        return open(directory.toAbsolutePath(), true);
    }

    /** A lab that goes on after this process until somebody stops it; the one in the folder if there is one. */
    public static Lab lasting(Path directory) {
        return open(directory.toAbsolutePath(), false);
    }

    /** The lasting lab of a folder, if there is one; nothing is made or claimed. */
    public static Optional<Lab> existing(Path directory) {
        Path absolute = directory.toAbsolutePath();
        return recorded(absolute).map(record -> {
            Lab lab = new Lab(absolute, false, record.required("number").intValue());
            lab.remember(record.required("hosts").intValue());
            return lab;
        });
    }

    private static Lab open(Path directory, boolean boundToThisProcess) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Optional<JsonNode> record = recorded(directory);
        int number;
        if (record.isPresent()) {
            number = record.get().required("number").intValue();
            LabNumber.reclaim(number, directory);
        } else {
            number = LabNumber.claim(
                    directory, boundToThisProcess, free -> new Lab(directory, true, free).removeEverything());
        }
        Lab lab = new Lab(directory, boundToThisProcess, number);
        lab.remember(record.map(known -> known.required("hosts").intValue()).orElse(0));
        return lab;
    }

    /**
     * Makes hosts 1 to {@code count} where they are missing, switches on those that are off, and starts libvirt on all of
     * them. Running it again is harmless.
     */
    public void start(int count) {
        startHosts(count);
        startLibvirtd();
    }

    /** As {@link #start}, without libvirt. */
    public void startHosts(int count) {
        if (count < 0 || count > LabNames.HIGHEST_HOST) {
            throw new IllegalArgumentException(
                    "a lab has 0 to %d hosts, not %d".formatted(LabNames.HIGHEST_HOST, count));
        }
        int total = Math.max(count, hosts.size());
        remember(total);
        record(total);
        prepareStorage();
        HostFiles.writeScript(directory);
        List<String> hostTable = new ArrayList<>(List.of(names.managerAddress() + " manager"));
        hosts.forEach(host -> hostTable.add(host.address() + " " + host.name()));
        hosts.forEach(host -> new HostFiles(hostFolder(host.name())).write(host.name(), host.address(), hostTable));
        network.ensure();
        hosts.forEach(LabHost::powerOn);
    }

    /** Starts libvirt on every host where it does not run, and waits until all answer. */
    public void startLibvirtd() {
        hosts.forEach(LabHost::launchLibvirtd);
        hosts.forEach(LabHost::awaitLibvirtd);
    }

    public List<LabHost> hosts() {
        return List.copyOf(hosts);
    }

    /** @throws IllegalArgumentException when there is no host of that name */
    public LabHost host(String name) {
        return hosts.stream()
                .filter(host -> host.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no host '%s'; there are %s"
                        .formatted(name, hosts.stream().map(LabHost::name).toList())));
    }

    /** Unique among the labs of this machine. */
    public int number() {
        return names.number();
    }

    /** The lab's shared folder, seen from outside; hosts see it as {@link LabHost#SHARED_STORAGE}. */
    public Path sharedStorage() {
        return directory.resolve("storage");
    }

    /** Every interface and network namespace of this lab on the machine begins with it. */
    public String namePrefix() {
        return names.interfacePrefix();
    }

    /** Where a manager of this lab listens. */
    public String managerAddress() {
        return names.managerAddress();
    }

    /** Subnet of the guests; the overlay's end on the manager's side has an address near its end. */
    public String overlaySubnet() {
        return names.overlaySubnet();
    }

    /** An address of the overlay, with prefix length, for a guest that Meseta knows nothing of. */
    public String spareOverlayAddress() {
        return names.spareOverlayAddress();
    }

    public int overlayVni() {
        return names.overlayVni();
    }

    public int overlayMtu() {
        return names.overlayMtu();
    }

    /** Tunnel address of the overlay's end on the manager's side; every host has it as a peer. */
    public String overlayEndpoint() {
        return names.managerAddress();
    }

    /** Stops a lab that is bound to this process; a lasting one goes on. */
    @Override
    public void close() {
        if (boundToThisProcess) {
            stop();
        }
    }

    /** Leaves no process, namespace, interface or firewall table of this lab. The hosts' disks stay. */
    public void stop() {
        hosts.forEach(LabHost::stopDelay);
        removeEverything();
        LabNumber.release(names.number());
    }

    private void removeEverything() {
        Signals.send("KILL", network.processes());
        Await.until(
                "the end of the lab's processes",
                STOP_LIMIT,
                () -> network.processes().isEmpty());
        network.removeAll();
    }

    private void remember(int count) {
        Path script = directory.resolve(HostFiles.SCRIPT);
        IntStream.rangeClosed(hosts.size() + 1, count)
                .forEach(number -> hosts.add(
                        new LabHost(names, network, number, hostFolder("host-" + number), sharedStorage(), script)));
    }

    private Path hostFolder(String name) {
        return directory.resolve("hosts").resolve(name);
    }

    private void prepareStorage() {
        try {
            Files.createDirectories(sharedStorage().resolve("incoming"));
            // QEMU's user reads and writes disks in it; images and disks carry their own permissions.
            Files.setPosixFilePermissions(sharedStorage(), PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path recordFile(Path directory) {
        return directory.resolve("lab.json");
    }

    private static Optional<JsonNode> recorded(Path directory) {
        Path file = recordFile(directory);
        try {
            return Files.exists(file) ? Optional.of(JSON.readTree(Files.readString(file))) : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void record(int count) {
        ObjectNode record =
                JSON.createObjectNode().put("number", names.number()).put("hosts", count);
        try {
            Files.writeString(recordFile(directory), JSON.writeValueAsString(record) + "\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}

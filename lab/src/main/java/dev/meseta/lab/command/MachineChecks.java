package dev.meseta.lab.command;

import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** What a data center on one machine needs of the machine, asked by trying it. */
final class MachineChecks {

    private static final long GIBIBYTE = 1L << 30;
    private static final int LEAST_CORES = 2;
    private static final long LEAST_MEMORY_GIB = 4;
    private static final long LEAST_DISK_GIB = 5;
    private static final Path USERFAULTFD_FOR_ALL = Path.of("/proc/sys/vm/unprivileged_userfaultfd");
    private static final int HTTPS_PORT = 8443;
    private static final String PROBE_NAMESPACE = "meseta-doctor";

    private final Surroundings surroundings;

    MachineChecks(Surroundings surroundings) {
        this.surroundings = surroundings;
    }

    enum Level {
        OK,
        /** Works, but slower or with less. */
        LIMITED,
        /** {@code up} cannot work. */
        MISSING
    }

    /** @param fix what to do about it; empty when there is nothing to do */
    record Finding(Level level, String subject, String found, String fix) {

        static Finding ok(String subject, String found) {
            return new Finding(Level.OK, subject, found, "");
        }
    }

    List<Finding> run() {
        List<Finding> findings = new ArrayList<>();
        boolean root = "root".equals(System.getProperty("user.name"));
        findings.add(
                root
                        ? Finding.ok("rights", "root")
                        : new Finding(Level.MISSING, "rights", "not root", "run it as root, or as a user with sudo"));
        findings.add(Finding.ok("java", Runtime.version().toString()));
        findings.add(processors());
        findings.add(memory());
        findings.add(disk());
        findings.add(acceleration());
        findings.add(postCopy());
        for (String program : List.of(
                "qemu-system-x86_64",
                "qemu-img",
                "libvirtd",
                "virsh",
                "ip",
                "nft",
                "clang",
                "unshare",
                "nsenter",
                "busybox",
                "syslinux",
                "mcopy",
                "xorriso",
                "cpio",
                "depmod",
                "iperf3")) {
            findings.add(program(program));
        }
        if (root) {
            findings.addAll(network());
        }
        findings.add(port());
        findings.add(optionalProgram("chromium", "the browser tests", "apt-get install chromium"));
        findings.add(optionalProgram("node", "building the web page", "apt-get install nodejs npm"));
        return findings;
    }

    private static Finding processors() {
        int cores = Runtime.getRuntime().availableProcessors();
        return cores >= LEAST_CORES
                ? Finding.ok("processors", Integer.toString(cores))
                : new Finding(
                        Level.LIMITED, "processors", cores + "; everything is slow below 2", "give it more cores");
    }

    private static Finding memory() {
        try (Stream<String> lines = Files.lines(Path.of("/proc/meminfo"))) {
            long available = lines.filter(line -> line.startsWith("MemAvailable:"))
                            .map(line -> line.split("\\s+")[1])
                            .mapToLong(Long::parseLong)
                            .findFirst()
                            .orElse(0)
                    * 1024;
            String found = "%.1f GiB available".formatted((double) available / GIBIBYTE);
            return available >= LEAST_MEMORY_GIB * GIBIBYTE
                    ? Finding.ok("memory", found)
                    : new Finding(
                            Level.LIMITED,
                            "memory",
                            found,
                            "free some: the manager takes about 1 GiB, a host 0.2, a guest what it is given");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Finding disk() {
        try {
            Path folder = surroundings.state().root();
            while (!Files.exists(folder)) {
                folder = Optional.ofNullable(folder.getParent()).orElse(Path.of("/"));
            }
            long free = Files.getFileStore(folder).getUsableSpace();
            String found = "%.1f GiB free for %s"
                    .formatted((double) free / GIBIBYTE, surroundings.state().root());
            return free >= LEAST_DISK_GIB * GIBIBYTE
                    ? Finding.ok("disk", found)
                    : new Finding(
                            Level.LIMITED, "disk", found, "free some, or set MESETA_STATE_DIR to a folder with space");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The agent decides by booting something; here the usual reasons are told apart. */
    private static Finding acceleration() {
        boolean device = Files.exists(Path.of("/dev/kvm"));
        boolean flag;
        try (Stream<String> lines = Files.lines(Path.of("/proc/cpuinfo"))) {
            flag = lines.filter(line -> line.startsWith("flags"))
                    .anyMatch(line -> List.of(line.split("\\s+")).contains("vmx")
                            || List.of(line.split("\\s+")).contains("svm"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (device && flag) {
            return Finding.ok("KVM", "/dev/kvm and the processor's support are there");
        }
        String found = device
                ? "/dev/kvm is there, but the processor shows neither vmx nor svm: guests are emulated, about ten times slower"
                : "there is no /dev/kvm: guests are emulated, about ten times slower";
        return new Finding(
                Level.LIMITED,
                "KVM",
                found,
                "switch virtualization on in the firmware, or nested virtualization for this virtual machine");
    }

    /** QEMU does not run as root, and without page faults in user space there is no post-copy (userfaultfd(2)). */
    private static Finding postCopy() {
        try {
            return Files.readString(USERFAULTFD_FOR_ALL).strip().equals("1")
                    ? Finding.ok("post-copy migration", "userfaultfd is open to QEMU")
                    : new Finding(
                            Level.LIMITED,
                            "post-copy migration",
                            "userfaultfd is closed to QEMU, which is not root; VMs migrate by pre-copy only",
                            "sysctl vm.unprivileged_userfaultfd=1, after thinking about it: the kernel closes it because it "
                                    + "helps attackers who are inside already");
        } catch (IOException e) {
            return new Finding(
                    Level.LIMITED,
                    "post-copy migration",
                    "this kernel has no userfaultfd; VMs migrate by pre-copy only",
                    "a kernel with CONFIG_USERFAULTFD");
        }
    }

    private static Finding program(String name) {
        return find(name)
                .map(path -> Finding.ok(name, path.toString()))
                .orElseGet(() -> new Finding(Level.MISSING, name, "not installed", "./meseta up installs it"));
    }

    private static Finding optionalProgram(String name, String purpose, String fix) {
        return find(name)
                .map(path -> Finding.ok(name, path.toString()))
                .orElseGet(() -> new Finding(Level.LIMITED, name, "not installed; needed for " + purpose, fix));
    }

    private static Optional<Path> find(String program) {
        return Stream.of("/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** Tries in a namespace of its own, and takes it away again. */
    private static List<Finding> network() {
        List<Finding> findings = new ArrayList<>();
        if (!succeeds("ip", "netns", "add", PROBE_NAMESPACE)) {
            return List.of(new Finding(
                    Level.MISSING,
                    "network namespaces",
                    "cannot be made",
                    "needs CAP_SYS_ADMIN and CAP_NET_ADMIN; containers usually lack them"));
        }
        try {
            findings.add(Finding.ok("network namespaces", "work"));
            findings.add(link("veth", "name", "probe0", "type", "veth", "peer", "name", "probe1"));
            findings.add(link("bridge", "name", "probe2", "type", "bridge"));
            findings.add(link("vxlan", "name", "probe3", "type", "vxlan", "id", "1", "dstport", "4789"));
            findings.add(
                    inside("nft", "add", "table", "bridge", "probe")
                            ? Finding.ok("nftables for bridges", "work")
                            : kernelLacks("nftables for bridges", "nf_tables_bridge"));
            findings.add(
                    inside("ip", "tuntap", "add", "dev", "probe4", "mode", "tap")
                            ? Finding.ok("tap devices", "work")
                            : kernelLacks("tap devices", "tun"));
            findings.add(
                    succeeds("unshare", "--pid", "--fork", "--mount", "--uts", "--mount-proc", "true")
                            ? Finding.ok("PID and mount namespaces", "work")
                            : new Finding(
                                    Level.MISSING,
                                    "PID and mount namespaces",
                                    "cannot be made",
                                    "needs CAP_SYS_ADMIN; containers usually lack it"));
        } finally {
            Programs.run("ip", "netns", "delete", PROBE_NAMESPACE);
        }
        return findings;
    }

    private static Finding link(String subject, String... description) {
        List<String> command = new ArrayList<>(List.of("ip", "link", "add"));
        command.addAll(List.of(description));
        return inside(command.toArray(String[]::new)) ? Finding.ok(subject, "works") : kernelLacks(subject, subject);
    }

    private static Finding kernelLacks(String subject, String module) {
        return new Finding(
                Level.MISSING, subject, "the kernel refuses it", "modprobe " + module + ", or a kernel that has it");
    }

    private static Finding port() {
        try (ServerSocket socket = new ServerSocket(HTTPS_PORT, 1, InetAddress.ofLiteral("0.0.0.0"))) {
            return Finding.ok("port " + HTTPS_PORT, socket.isBound() ? "free" : "");
        } catch (IOException taken) {
            return new Finding(
                    Level.LIMITED,
                    "port " + HTTPS_PORT,
                    "in use (by a manager that runs already?)",
                    "nothing to do: 'up' takes another port and says which");
        }
    }

    private static boolean inside(String... command) {
        List<String> arguments = new ArrayList<>(List.of("ip", "netns", "exec", PROBE_NAMESPACE));
        arguments.addAll(List.of(command));
        return Programs.run(arguments).succeeded();
    }

    private static boolean succeeds(String... command) {
        try {
            ProgramResult result = Programs.run(List.of(command));
            return result.succeeded();
        } catch (UncheckedIOException notInstalled) {
            return false;
        }
    }
}

package dev.meseta.lab.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.client.GuestProbe;
import dev.meseta.lab.guest.GuestImage;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.FileTrees;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** Two real hosts: what runs in them, the faults they can have, and what is left of them. */
@Tag("e2e")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LabHostTest {

    private static final String BRIDGE = "overlay";
    private static final String MAC_ADDRESS = "52:54:00:00:00:aa";

    private Path directory;
    private Lab lab;
    private LabHost first;
    private LabHost second;

    @BeforeAll
    void start() throws IOException {
        directory = Files.createTempDirectory("lab-host-test");
        // QEMU's user must be able to pass.
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        lab = Lab.forThisProcess(directory);
        lab.start(2);
        first = lab.host("host-1");
        second = lab.host("host-2");
    }

    @AfterAll
    void stop() throws IOException {
        lab.close();
        FileTrees.delete(directory);
    }

    @Test
    void everyHostIsOnItsOwn() {
        assertThat(first.exec("hostname").output()).isEqualTo("host-1\n");
        assertThat(second.exec("hostname").output()).isEqualTo("host-2\n");
        assertThat(bootId(first)).isNotEqualTo(bootId(second)).hasSize(36);
        assertThat(hostUuid(first)).isNotEqualTo(hostUuid(second));
        assertThat(first.domains()).isEmpty();
        assertThat(first.exec(List.of("busybox", "ping", "-c", "1", "-W", "2", second.address()))
                        .exitCode())
                .describedAs("hosts reach each other")
                .isZero();
        assertThat(first.exec(List.of("sh", "-c", "exit 7")).exitCode()).isEqualTo(7);
    }

    @Test
    void startingAgainIsHarmless() {
        long before = first.processes("libvirtd").getFirst().pid();
        lab.start(2);
        assertThat(lab.hosts()).hasSize(2);
        assertThat(first.processes("libvirtd").getFirst().pid()).isEqualTo(before);
    }

    @Test
    void aGuestBootsAndIsReachedThroughTheOverlay() throws Exception {
        overlay(second);
        startGuest(second, "seen");
        String address = guestAddress();
        try (GuestProbe probe = new GuestProbe(address)) {
            GuestProbe.Status status = probe.awaitAnswer(Duration.ofMinutes(2));
            assertThat(status.name()).isEqualTo("seen");
            probe.awaitCounterAbove(status.counter() + 5, Duration.ofSeconds(20));
            assertThat(probe.violations()).isEmpty();
        }
        assertThat(second.domains()).containsExactly("seen");
        assertThat(second.qemuProcesses()).hasSize(1);
        assertThat(second.guestName(second.qemuProcesses().getFirst())).isEqualTo("seen");
        assertThat(first.qemuProcesses()).isEmpty();
        assertThat(get(address, "/cgi-bin/dirty?mib=16&rate=8")).isEqualTo("{\"mib\":16,\"rate\":8}\n");
        assertThat(get(address, "/cgi-bin/dirty?mib=x")).contains("whole numbers");

        String before = bootId(second);
        second.powerOff();
        assertThat(second.isUp()).isFalse();
        assertThat(second.processes()).isEmpty();
        assertThat(Programs.run(List.of("pgrep", "-f", "guest=seen")).output()).isEmpty();
        second.powerOn();
        second.startLibvirtd();
        assertThat(second.domains()).isEmpty();
        assertThat(bootId(second)).isNotEqualTo(before);
    }

    @Test
    void aPartitionedHostIsSilentUntilHealed() {
        first.partition();
        assertThat(answersPing(first, 1)).isFalse();
        first.partition();
        first.heal();
        assertThat(answersPing(first, 2)).isTrue();
        first.heal();
        assertThat(answersPing(first, 2)).isTrue();
    }

    @Test
    void aDelayedHostAnswersLater() {
        first.delay(Duration.ofMillis(150));
        String slow = ping(first, 5).output();
        assertThat(roundTripMillis(slow)).describedAs(slow).isBetween(300.0, 1000.0);
        first.heal();
        String fast = ping(first, 2).output();
        assertThat(roundTripMillis(fast)).describedAs(fast).isLessThan(100.0);
    }

    @Test
    void aPausedHostDoesNothingUntilItIsResumed() {
        first.pause();
        assertThat(first.processes("libvirtd"))
                .allSatisfy(process -> assertThat(state(process)).isEqualTo('T'));
        first.resume();
        assertThat(first.domains()).isEmpty();
    }

    @Test
    void libvirtdComesBackAfterItWasKilled() {
        first.killLibvirtd();
        assertThat(first.processes("libvirtd")).isEmpty();
        first.startLibvirtd();
        assertThat(first.domains()).isEmpty();
    }

    @Test
    void nothingIsLeftOfAStoppedLab() throws IOException {
        Path folder = directory.resolve("short-lived");
        String prefix;
        try (Lab shortLived = Lab.forThisProcess(folder)) {
            assertThat(shortLived.managerAddress()).isNotEqualTo(lab.managerAddress());
            shortLived.startHosts(1);
            prefix = shortLived.namePrefix();
            assertThat(Programs.run("ip", "-o", "link").output()).contains(prefix);
            assertThat(Programs.run("ip", "netns").output()).contains(prefix);
        }
        assertThat(Programs.run("ip", "-o", "link").output()).doesNotContain(prefix);
        assertThat(Programs.run("ip", "netns").output()).doesNotContain(prefix);
        assertThat(Programs.run("nft", "list", "tables").output())
                .doesNotContain("meseta_lab_" + prefix.replaceAll("[^0-9]", "") + "\n");
        assertThat(Programs.run(List.of("pgrep", "-f", folder.toString())).output())
                .isEmpty();
        assertThat(first.isUp()).describedAs("the other lab goes on").isTrue();
    }

    private static String bootId(LabHost host) {
        return host.exec("cat", "/proc/sys/kernel/random/boot_id").output().strip();
    }

    private static String hostUuid(LabHost host) {
        return host.exec("virsh", "-q", "capabilities")
                .output()
                .lines()
                .filter(line -> line.contains("<uuid>"))
                .findFirst()
                .orElseThrow();
    }

    private static ProgramResult ping(LabHost host, int seconds) {
        return Programs.run(List.of("busybox", "ping", "-c", "1", "-W", Integer.toString(seconds), host.address()));
    }

    private static boolean answersPing(LabHost host, int seconds) {
        return ping(host, seconds).succeeded();
    }

    private static double roundTripMillis(String said) {
        return Double.parseDouble(said.replaceAll("(?s).*time=([0-9.]+) ms.*", "$1"));
    }

    private static char state(HostProcess process) {
        try {
            String status = Files.readString(Path.of("/proc", Long.toString(process.pid()), "stat"));
            return status.charAt(status.lastIndexOf(')') + 2);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** What an agent does for a network, by hand. */
    private void overlay(LabHost host) {
        String mtu = Integer.toString(lab.overlayMtu());
        host.exec("ip", "link", "add", "name", BRIDGE, "mtu", mtu, "type", "bridge");
        host.exec(
                "ip",
                "link",
                "add",
                "name",
                "tunnel",
                "mtu",
                mtu,
                "type",
                "vxlan",
                "id",
                Integer.toString(lab.overlayVni()),
                "local",
                host.address(),
                "dstport",
                "4789");
        host.exec("ip", "link", "set", "tunnel", "master", BRIDGE, "up");
        host.exec("ip", "link", "set", BRIDGE, "up");
        host.exec("bridge", "fdb", "append", "00:00:00:00:00:00", "dev", "tunnel", "dst", lab.overlayEndpoint());
    }

    private String guestAddress() {
        return lab.overlaySubnet().replace("0.0/16", "0.9");
    }

    private void startGuest(LabHost host, String name) throws IOException {
        Path repository = Path.of("..").toAbsolutePath().normalize();
        Path image = new GuestImage(repository.resolve(".meseta/cache")).build();
        Path disk = lab.sharedStorage().resolve(name + ".qcow2");
        Files.copy(image, disk);
        Path seed = Files.createDirectories(directory.resolve("seed"));
        Files.writeString(seed.resolve("meta-data"), "instance-id: i\nlocal-hostname: \"" + name + "\"\n");
        Files.writeString(seed.resolve("network-config"), """
                version: 2
                ethernets:
                  nic0:
                    match:
                      macaddress: "%s"
                    mtu: %d
                    addresses:
                      - "%s/16"
                """.formatted(MAC_ADDRESS, lab.overlayMtu(), guestAddress()));
        Path seedDisk = lab.sharedStorage().resolve(name + ".iso");
        Programs.run(
                "xorriso",
                "-as",
                "mkisofs",
                "-quiet",
                "-V",
                "cidata",
                "-J",
                "-R",
                "-o",
                seedDisk.toString(),
                seed.toString());
        Programs.run("chown", "libvirt-qemu", disk.toString(), seedDisk.toString());
        Path definition = host.disk("/var/lib/libvirt/" + name + ".xml");
        Files.writeString(definition, """
                <domain type='qemu'>
                  <name>%1$s</name>
                  <memory unit='MiB'>256</memory>
                  <vcpu>1</vcpu>
                  <os><type arch='x86_64' machine='q35'>hvm</type></os>
                  <features><acpi/></features>
                  <devices>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='qcow2'/>
                      <source file='%2$s/%1$s.qcow2'/><target dev='vda' bus='virtio'/>
                    </disk>
                    <disk type='file' device='disk'>
                      <driver name='qemu' type='raw'/>
                      <source file='%2$s/%1$s.iso'/><target dev='vdb' bus='virtio'/><readonly/>
                    </disk>
                    <interface type='bridge'>
                      <mac address='%3$s'/><source bridge='%4$s'/><model type='virtio'/>
                    </interface>
                    <serial type='pty'/>
                  </devices>
                </domain>
                """.formatted(name, LabHost.SHARED_STORAGE, MAC_ADDRESS, BRIDGE));
        host.exec("virsh", "-q", "create", "/var/lib/libvirt/" + name + ".xml");
        Await.until(
                "QEMU of " + name,
                Duration.ofSeconds(20),
                () -> !host.qemuProcesses().isEmpty());
    }

    private static String get(String address, String path) throws IOException, InterruptedException {
        try (HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return http.send(
                            HttpRequest.newBuilder(URI.create("http://" + address + path))
                                    .timeout(Duration.ofSeconds(20))
                                    .build(),
                            BodyHandlers.ofString())
                    .body();
        }
    }
}

package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.agent.hypervisor.HypervisorContractTest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;

@Tag("integration")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class LibvirtHypervisorContractTest extends HypervisorContractTest {

    private final PrivateHosts hosts = new PrivateHosts();
    private final LibvirtHypervisor source = connect(hosts.one);
    private final LibvirtHypervisor target = connect(hosts.other);

    @AfterEach
    @Override
    protected void cleanUp() {
        super.cleanUp();
        for (String domain : hosts.one.virsh("list", "--name").split("\n")) {
            if (!domain.isBlank()) {
                hosts.one.virsh("destroy", domain);
            }
        }
    }

    @AfterAll
    void stopHosts() {
        source.close();
        target.close();
        hosts.close();
    }

    static LibvirtHypervisor connect(PrivateHost host) {
        return LibvirtHypervisor.connect(
                host.uri(),
                LibvirtSettings.defaults()
                        .withMigrationCertificates(host.certificates())
                        .withRoot(host.root()));
    }

    @Override
    protected LibvirtHypervisor source() {
        return source;
    }

    @Override
    protected LibvirtHypervisor target() {
        return target;
    }

    @Override
    protected Path newDisk(UUID diskId) {
        return hosts.newDisk(diskId);
    }

    @Override
    protected void addBridge(String bridge) {
        hosts.one.addBridge(bridge);
        hosts.other.addBridge(bridge);
    }

    @Override
    protected void makeBusy(UUID vmId) {
        // The guest on the disk is busy by itself.
    }

    @Override
    protected void startExternal(UUID vmId, String name) {
        try {
            Path xml = Files.createTempFile("external", ".xml");
            Files.writeString(xml, """
                    <domain type='qemu'>
                      <name>%s</name>
                      <uuid>%s</uuid>
                      <memory unit='MiB'>32</memory>
                      <os><type arch='x86_64' machine='q35'>hvm</type></os>
                      <features><acpi/></features>
                    </domain>
                    """.formatted(name, vmId));
            hosts.one.virsh("create", xml.toString());
            Files.delete(xml);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    protected void killEmulator(UUID vmId) {
        assertThat(hosts.one.emulator(vmId).destroyForcibly()).isTrue();
    }

    @Override
    protected Path controlSocketOfTarget() {
        return hosts.other.socket();
    }

    @Override
    protected String migrationUriOfTarget() {
        return "tcp://" + hosts.other.address();
    }

    @Override
    protected Path controlSocketOfSource() {
        return hosts.one.socket();
    }

    @Override
    protected String migrationUriOfSource() {
        return "tcp://" + hosts.one.address();
    }
}

package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class QemuConfigurationTest {

    private static final QemuConfiguration USUAL =
            QemuConfiguration.of(Path.of("/etc/pki/meseta-migration"), "10.0.0.11");

    @Test
    void theUsualHost() {
        GoldenFile.assertSame("qemu.conf", USUAL.render());
    }

    @Test
    void aHostInNamespaces() {
        GoldenFile.assertSame(
                "qemu-in-namespaces.conf", USUAL.withoutIsolation().render());
    }

    @Test
    void qemuIsNeverRoot() {
        assertThatIllegalArgumentException().isThrownBy(() -> withUser("root"));
    }

    @Test
    void nothingIsSmuggledIntoTheFile() {
        assertThatIllegalArgumentException().isThrownBy(() -> withUser("a\"\nseccomp_sandbox = 0"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QemuConfiguration.of(Path.of("/etc/pki\"\nuser = \"root"), "10.0.0.11"));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> QemuConfiguration.of(Path.of("/etc/pki"), "10.0.0.11\nuser=\"root\""));
    }

    @Test
    void portsAreARange() {
        assertThatIllegalArgumentException().isThrownBy(() -> withPorts(50_000, 49_000));
        assertThatIllegalArgumentException().isThrownBy(() -> withPorts(22, 49_000));
        assertThatIllegalArgumentException().isThrownBy(() -> withPorts(49_152, 70_000));
    }

    private static QemuConfiguration withUser(String user) {
        return new QemuConfiguration(user, "kvm", Path.of("/etc/pki"), Optional.empty(), 49_152, 49_215, true, true);
    }

    private static QemuConfiguration withPorts(int first, int last) {
        return new QemuConfiguration(
                "libvirt-qemu", "kvm", Path.of("/etc/pki"), Optional.empty(), first, last, true, true);
    }
}

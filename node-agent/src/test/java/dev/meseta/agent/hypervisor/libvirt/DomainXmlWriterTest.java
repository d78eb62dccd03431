package dev.meseta.agent.hypervisor.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainDefinition.Disk;
import dev.meseta.agent.hypervisor.DomainDefinition.Firmware;
import dev.meseta.agent.hypervisor.DomainDefinition.Nic;
import dev.meseta.agent.hypervisor.HostFacts.Acceleration;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class DomainXmlWriterTest {

    private static final UUID VM = UUID.fromString("0197b7c5-6d1e-7a43-9c2f-1d2e3f405162");
    private static final DomainPlatform EMULATED = new DomainPlatform(
            Acceleration.TCG,
            Path.of("/usr/bin/qemu-system-x86_64"),
            "q35",
            Path.of("/run/meseta/serial"),
            disk -> DiskCache.NONE);
    private static final DomainPlatform ACCELERATED = new DomainPlatform(
            Acceleration.KVM,
            Path.of("/usr/bin/qemu-system-x86_64"),
            "pc-q35-7.2",
            Path.of("/run/meseta/serial"),
            disk -> DiskCache.WRITEBACK);

    @Test
    void aSmallEmulatedDomain() {
        GoldenFile.assertSame("emulated.xml", new DomainXmlWriter(EMULATED).write(definition("web-1")));
    }

    @Test
    void anAcceleratedDomainWithEverything() {
        DomainDefinition definition = new DomainDefinition(
                VM,
                "db",
                8,
                17_179_869_184L,
                Firmware.UEFI,
                Optional.empty(),
                List.of(disk(1), disk(2)),
                List.of(
                        new Nic(id(3), id(13), "52:54:00:00:00:01", "meseta-1", 1450),
                        new Nic(id(4), id(14), "52:54:00:00:00:02", "meseta-2", 9000)),
                Optional.of(Path.of("/storage/seeds/" + VM + ".iso")),
                42);

        GoldenFile.assertSame("accelerated-uefi.xml", new DomainXmlWriter(ACCELERATED).write(definition));
    }

    @Test
    void namesAndPathsThatLookLikeMarkup() {
        DomainDefinition definition = new DomainDefinition(
                VM,
                "ñandú \"a\" 'b' <c attr=\"&amp;\"> ]]> 虚拟机 😀\nsecond line/../etc",
                1,
                268_435_456,
                Firmware.BIOS,
                Optional.of("Skylake\"/><inject/>"),
                List.of(new Disk(id(1), Path.of("/storage/a \"b\" <c>&'d'.qcow2"))),
                List.of(new Nic(id(2), id(12), "52:54:00:00:00:03", "br\"'<&>", 1500)),
                Optional.empty(),
                1);

        GoldenFile.assertSame("markup.xml", new DomainXmlWriter(EMULATED).write(definition));
    }

    @Test
    void aNamedModelUnderKvm() {
        DomainDefinition definition = new DomainDefinition(
                VM,
                "model",
                2,
                1L << 30,
                Firmware.BIOS,
                Optional.of("Cascadelake-Server"),
                List.of(),
                List.of(),
                Optional.empty(),
                3);

        GoldenFile.assertSame("named-model.xml", new DomainXmlWriter(ACCELERATED).write(definition));
    }

    @Test
    void theSameDefinitionIsTheSameText() {
        assertThat(new DomainXmlWriter(EMULATED).write(definition("web-1")))
                .isEqualTo(new DomainXmlWriter(EMULATED).write(definition("web-1")));
    }

    @Test
    void disksBeyondTheAlphabet() {
        DomainDefinition definition = new DomainDefinition(
                VM,
                "many",
                1,
                1L << 30,
                Firmware.BIOS,
                Optional.empty(),
                IntStream.range(0, 28).mapToObj(DomainXmlWriterTest::disk).toList(),
                List.of(),
                Optional.empty(),
                1);

        assertThat(new DomainXmlWriter(EMULATED).write(definition))
                .contains("dev=\"vda\"", "dev=\"vdz\"", "dev=\"vdaa\"", "dev=\"vdab\"");
    }

    @Test
    void charactersThatXmlCannotSayAreRefused() {
        for (String name : List.of("nul\0", "bell\u0007", "lone surrogate \ud800", "return\r", "\uffff")) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new DomainXmlWriter(EMULATED).write(definition(name)))
                    .withMessageContaining("U+");
        }
    }

    @Test
    void whatIsWrittenAboutADomainIsReadBack() {
        String name = "ñandú \"a\" <b> & 'c'";
        XmlText xml = new XmlText();
        new DomainMetadata(name, 7, NICS).write(xml);

        assertThat(DomainMetadata.parse(xml.finish())).contains(new DomainMetadata(name, 7, NICS));
        assertThat(DomainMetadata.parse("<other xmlns='urn:other'/>")).isEmpty();
    }

    @Test
    void libvirtsNameIsHarmlessAndUnique() {
        assertThat(DomainName.of(definition("../../etc/passwd"))).isEqualTo("etc-passwd-1d2e3f405162");
        assertThat(DomainName.of(definition("虚拟机"))).isEqualTo("vm-1d2e3f405162");
        assertThat(DomainName.of(definition("x".repeat(300)))).hasSize(53);
    }

    private static DomainDefinition definition(String name) {
        return new DomainDefinition(
                VM,
                name,
                2,
                536_870_912,
                Firmware.BIOS,
                Optional.empty(),
                List.of(disk(1)),
                List.of(new Nic(id(2), id(12), "52:54:00:12:34:56", "meseta-1", 1450)),
                Optional.of(Path.of("/storage/seeds/" + VM + ".iso")),
                1);
    }

    private static Disk disk(int number) {
        return new Disk(id(number), Path.of("/storage/disks/" + id(number) + ".qcow2"));
    }

    private static final List<DomainMetadata.Nic> NICS =
            List.of(new DomainMetadata.Nic(id(1), id(2)), new DomainMetadata.Nic(id(3), id(2)));

    private static UUID id(int number) {
        return new UUID(0x0197b7c56d1e7000L, 0x8000000000000000L | number);
    }
}

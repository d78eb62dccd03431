package dev.meseta.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.operations.OperationControl;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.FileOwner;
import dev.meseta.agent.system.ProcessCommands;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A storage domain in a temporary directory, with the real qemu-img. */
@Tag("integration")
class StorageTest {

    private static final long MIB = 1 << 20;

    @TempDir
    private Path state;

    @TempDir
    private Path share;

    private final UUID domainId = UUID.randomUUID();
    private final UUID imageId = UUID.randomUUID();
    private final Commands commands = new ProcessCommands();
    private Parts parts = new Parts(Path.of("/nonexistent"), commands);

    private record Parts(SharedDirectories directories, Volumes volumes, Images images, Seeds seeds) {

        Parts(Path state, Commands commands) {
            this(SharedDirectories.open(state.resolve("storage-domains")), commands, state);
        }

        private Parts(SharedDirectories directories, Commands commands, Path state) {
            this(
                    directories,
                    new Volumes(directories, commands, FileOwner.unchanged()),
                    new Images(directories, commands),
                    new Seeds(directories, commands, FileOwner.unchanged(), state));
        }
    }

    @BeforeEach
    void setUp() {
        parts = new Parts(state, commands);
        parts.directories().ensure(domainId, share.toString());
    }

    private Path incoming(String name) {
        return share.resolve("incoming").resolve(name);
    }

    private void qemuImg(String... arguments) {
        List<String> command = new ArrayList<>(List.of("qemu-img"));
        command.addAll(Arrays.asList(arguments));
        Commands.Result result = commands.run(command, Duration.ofSeconds(30));
        assertThat(result.succeeded()).as(result.errors()).isTrue();
    }

    private void rawDisk(Path file, long size) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(new byte[] {0}), size - 1);
            channel.write(ByteBuffer.wrap(new byte[] {0x55, (byte) 0xaa}), 510);
            channel.write(ByteBuffer.wrap("marker".getBytes(StandardCharsets.US_ASCII)), 4096);
        }
    }

    private OperationResult.Volume admit(String name) {
        return parts.images().ensure(domainId, imageId, name, OperationControl.unattended());
    }

    private void refused(String name) {
        failsWith(AgentErrorCode.IMAGE_INVALID, () -> admit(name));
        assertThat(share.resolve("images").resolve(imageId + ".qcow2")).doesNotExist();
        assertThat(Files.exists(incoming(name), LinkOption.NOFOLLOW_LINKS))
                .as("a refused file is not lost")
                .isTrue();
        assertThat(share.resolve(".checking")).isEmptyDirectory();
    }

    private static void failsWith(AgentErrorCode code, ThrowingCallable work) {
        assertThatThrownBy(work)
                .isInstanceOfSatisfying(
                        AgentException.class,
                        e -> assertThat(e.code()).as(e.detail()).isEqualTo(code));
    }

    @Test
    void anImageBecomesADiskThatSeesItsContent() throws IOException {
        rawDisk(incoming("disk.raw"), 3 * MIB);
        OperationResult.Volume image = admit("disk.raw");
        assertThat(image.virtualSizeBytes()).isEqualTo(3 * MIB);
        assertThat(incoming("disk.raw")).doesNotExist();
        assertThat(admit("disk.raw")).as("again").isEqualTo(image);

        UUID diskId = UUID.randomUUID();
        OperationResult.Volume disk = parts.volumes().ensure(domainId, diskId, Optional.of(imageId), 5 * MIB);
        assertThat(disk.virtualSizeBytes()).isEqualTo(5 * MIB);
        assertThat(parts.volumes().ensure(domainId, diskId, Optional.of(imageId), 5 * MIB))
                .isEqualTo(disk);
        Path flat = state.resolve("flat");
        qemuImg("convert", "-f", "qcow2", "-O", "raw", disk.path(), flat.toString());
        assertThat(Arrays.copyOfRange(Files.readAllBytes(flat), 4096, 4102))
                .isEqualTo("marker".getBytes(StandardCharsets.US_ASCII));

        failsWith(AgentErrorCode.OBJECT_IN_USE, () -> parts.images().remove(domainId, imageId));
        parts.volumes().remove(domainId, diskId);
        parts.volumes().remove(domainId, diskId);
        parts.images().remove(domainId, imageId);
        parts.images().remove(domainId, imageId);
        assertThat(share.resolve("disks")).isEmptyDirectory();
        assertThat(share.resolve("images")).isEmptyDirectory();
    }

    @Test
    void qcow2IsAcceptedWhenItStandsAlone() {
        qemuImg("create", "-q", "-f", "qcow2", incoming("good.qcow2").toString(), "1G");
        assertThat(admit("good.qcow2").virtualSizeBytes()).isEqualTo(1L << 30);
    }

    @Test
    void disksNeedAnImageThatIsThereAndLargeEnoughASize() {
        qemuImg("create", "-q", "-f", "qcow2", incoming("good.qcow2").toString(), "10M");
        UUID diskId = UUID.randomUUID();
        failsWith(
                AgentErrorCode.IMAGE_NOT_FOUND,
                () -> parts.volumes().ensure(domainId, diskId, Optional.of(imageId), 0));
        admit("good.qcow2");
        failsWith(
                AgentErrorCode.VALIDATION_FAILED,
                () -> parts.volumes().ensure(domainId, diskId, Optional.of(imageId), 5 * MIB));
        failsWith(
                AgentErrorCode.VALIDATION_FAILED, () -> parts.volumes().ensure(domainId, diskId, Optional.empty(), 0));
        failsWith(
                AgentErrorCode.VALIDATION_FAILED,
                () -> parts.volumes().ensure(domainId, diskId, Optional.empty(), 1L << 60));
        assertThat(parts.volumes()
                        .ensure(domainId, diskId, Optional.of(imageId), 0)
                        .virtualSizeBytes())
                .isEqualTo(10 * MIB);
        assertThat(share.resolve("disks")).isDirectoryContaining(file -> file.endsWith(diskId + ".qcow2"));
        assertThat(share.resolve("disks")).isDirectoryNotContaining("glob:**/.*");
    }

    @Test
    void backingFilesAreRefused() throws IOException {
        Path secret = state.resolve("secret");
        rawDisk(secret, MIB);
        qemuImg(
                "create",
                "-q",
                "-f",
                "qcow2",
                "-F",
                "raw",
                "-b",
                secret.toString(),
                incoming("b.qcow2").toString());
        refused("b.qcow2");
        qemuImg(
                "create",
                "-q",
                "-u",
                "-f",
                "qcow2",
                "-F",
                "raw",
                "-b",
                "json:{\"driver\":\"file\",\"filename\":\"/etc/passwd\"}",
                incoming("j.qcow2").toString(),
                "1M");
        refused("j.qcow2");
    }

    @Test
    void externalDataFilesAreRefused() {
        qemuImg(
                "create",
                "-q",
                "-f",
                "qcow2",
                "-o",
                "data_file=" + state.resolve("data") + ",data_file_raw=on",
                incoming("d.qcow2").toString(),
                "1M");
        refused("d.qcow2");
    }

    @Test
    void otherFormatsAreRefused() throws IOException {
        for (String format : List.of("vmdk", "vdi", "vpc", "vhdx", "qed", "parallels")) {
            String name = "image." + format;
            qemuImg("create", "-q", "-f", format, incoming(name).toString(), "4M");
            refused(name);
        }
        Files.writeString(incoming("descriptor.vmdk"), """
                # Disk DescriptorFile
                version=1
                CID=1
                parentCID=ffffffff
                createType="monolithicFlat"
                RW 2048 FLAT "/etc/shadow" 0
                """);
        refused("descriptor.vmdk");
        // A boot signature does not make a descriptor a disk.
        byte[] disguised = Arrays.copyOf(Files.readAllBytes(incoming("descriptor.vmdk")), 1024);
        disguised[510] = 0x55;
        disguised[511] = (byte) 0xaa;
        Files.write(incoming("disguised.vmdk"), disguised);
        refused("disguised.vmdk");
    }

    @Test
    void garbageIsRefused() throws IOException {
        Files.writeString(incoming("text"), "this is no disk image\n".repeat(100));
        refused("text");
        Files.write(incoming("empty"), new byte[0]);
        refused("empty");
        Files.write(incoming("zeros"), new byte[1 << 20]);
        refused("zeros");
        // Raw bytes that look like qcow2.
        byte[] lookalike = new byte[1024];
        ByteBuffer.wrap(lookalike).putInt(0x514649fb).putInt(3).putLong(0);
        lookalike[510] = 0x55;
        lookalike[511] = (byte) 0xaa;
        Files.write(incoming("lookalike"), lookalike);
        refused("lookalike");
        Files.createDirectory(incoming("folder"));
        refused("folder");
    }

    @Test
    void damagedAndMonstrousHeadersAreRefused() throws IOException {
        // offset, value: huge virtual size, huge L1 table, impossible clusters, unknown features, encryption, corrupt.
        patched("size", 24, ByteBuffer.allocate(8).putLong(1L << 62));
        patched("l1", 36, ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE));
        patched("l1-negative", 36, ByteBuffer.allocate(4).putInt(-1));
        patched("clusters", 20, ByteBuffer.allocate(4).putInt(60));
        patched("refcounts", 56, ByteBuffer.allocate(4).putInt(Integer.MAX_VALUE));
        patched("features", 72, ByteBuffer.allocate(8).putLong(1L << 40));
        patched("encrypted", 32, ByteBuffer.allocate(4).putInt(1));
        patched("corrupt", 72, ByteBuffer.allocate(8).putLong(2));
        patched("snapshots", 60, ByteBuffer.allocate(4).putInt(70_000));
        patched("backing-offset", 8, ByteBuffer.allocate(8).putLong(-5));
        patched("version", 4, ByteBuffer.allocate(4).putInt(9));
    }

    private void patched(String name, long offset, ByteBuffer value) throws IOException {
        Path file = incoming(name);
        qemuImg("create", "-q", "-f", "qcow2", file.toString(), "1M");
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(value.flip(), offset);
        }
        refused(name);
    }

    @Test
    void linksAreNotFollowed() throws IOException {
        Path secret = state.resolve("secret");
        rawDisk(secret, MIB);
        Files.createSymbolicLink(incoming("link"), secret);
        refused("link");
        assertThat(secret).exists();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../secret",
                "/etc/passwd",
                "a/b",
                "..",
                ".",
                "",
                "-f",
                ".hidden",
                "a\0b",
                "a\nb",
                "․․",
                "a;b",
                "$(id)",
                "a b"
            })
    void namesThatAreNoPlainFileNamesAreRefused(String name) {
        failsWith(AgentErrorCode.VALIDATION_FAILED, () -> admit(name));
    }

    @Test
    void aMissingFileIsNotFound() {
        failsWith(AgentErrorCode.IMAGE_NOT_FOUND, () -> admit("missing"));
    }

    @Test
    void aCheckThatWasInterruptedGoesOn() throws IOException {
        rawDisk(incoming("disk.raw"), MIB);
        Files.move(incoming("disk.raw"), share.resolve(".checking").resolve(imageId + ".incoming"));
        Files.writeString(share.resolve(".checking").resolve(imageId + ".qcow2"), "half");
        assertThat(admit("disk.raw").virtualSizeBytes()).isEqualTo(MIB);
        assertThat(share.resolve(".checking")).isEmptyDirectory();
    }

    @Test
    void theMappingSurvivesARestartAndALostMountIsNoticed() throws IOException {
        Parts second = new Parts(state, commands);
        assertThat(second.directories().require(domainId).path()).isEqualTo(share);
        Path mark = share.resolve(SharedDirectory.MARK);
        String id = Files.readString(mark);
        Files.delete(mark);
        failsWith(AgentErrorCode.STORAGE_UNAVAILABLE, () -> second.directories().require(domainId));
        failsWith(AgentErrorCode.STORAGE_UNAVAILABLE, () -> second.directories().ensure(domainId, share.toString()));
        Files.writeString(mark, UUID.randomUUID().toString());
        failsWith(AgentErrorCode.STORAGE_UNAVAILABLE, () -> second.directories().ensure(domainId, share.toString()));
        Files.writeString(mark, id);
        second.directories().ensure(domainId, share.toString());
        failsWith(
                AgentErrorCode.STORAGE_UNAVAILABLE,
                () -> second.directories().ensure(UUID.randomUUID(), share.toString()));
        failsWith(
                AgentErrorCode.STORAGE_UNAVAILABLE,
                () -> second.directories()
                        .ensure(UUID.randomUUID(), state.resolve("missing").toString()));
        for (String path : List.of("relative", "/", "/a/../b", "/a\nb", "")) {
            failsWith(
                    AgentErrorCode.VALIDATION_FAILED, () -> second.directories().ensure(UUID.randomUUID(), path));
        }
    }

    @Test
    void aSeedTellsNameAndAddresses() throws IOException {
        UUID vmId = UUID.randomUUID();
        parts.seeds()
                .write(
                        vmId,
                        new CloudInit(
                                domainId,
                                "web-1",
                                List.of(new CloudInit.Address(
                                        "52:54:00:00:00:01", "10.1.0.7/16", Optional.of("10.1.0.1"), 1450)),
                                "#cloud-config\nusers: []\n"));
        Path seed = share.resolve("seeds").resolve(vmId + ".iso");
        Commands.Result listing = commands.run(
                List.of("xorriso", "-indev", seed.toString(), "-toc", "-find", "/"), Duration.ofSeconds(30));
        assertThat(listing.output() + listing.errors()).contains("cidata", "meta-data", "network-config", "user-data");
        String content = Files.readString(seed, StandardCharsets.ISO_8859_1);
        assertThat(content)
                .contains("local-hostname: \"web-1\"", "instance-id: " + vmId, "- \"10.1.0.7/16\"", "mtu: 1450")
                .contains("via: \"10.1.0.1\"", "macaddress: \"52:54:00:00:00:01\"", "users: []");
        assertThat(state).isDirectoryNotContaining(path -> path.toString().contains("seed"));
        parts.seeds().remove(domainId, vmId);
        parts.seeds().remove(domainId, vmId);
        assertThat(seed).doesNotExist();
    }

    @Test
    void seedsTakeNoMarkup() {
        failsWith(AgentErrorCode.VALIDATION_FAILED, () -> new CloudInit(domainId, "a\nb: c", List.of(), ""));
        failsWith(
                AgentErrorCode.VALIDATION_FAILED,
                () -> new CloudInit.Address("52:54:00:00:00:01\"", "10.1.0.7/16", Optional.empty(), 0));
        failsWith(
                AgentErrorCode.VALIDATION_FAILED,
                () -> new CloudInit.Address("52:54:00:00:00:01", "10.1.0.7/16\nx", Optional.empty(), 0));
    }
}

package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.Json;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Decides what a file of unknown origin is and whether it is safe to hand to an emulator. The format is read from the
 * content here, and named to every program that opens the file: QEMU never guesses, so bytes a guest wrote cannot turn
 * into a reference to a file of the host.
 */
final class ImageInspector {

    static final long LARGEST_VIRTUAL_SIZE_BYTES = 16L << 40;

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int SECTOR = 512;
    private static final int HEAD = 40 << 10;

    private final Commands commands;

    ImageInspector(Commands commands) {
        this.commands = commands;
    }

    /** What is accepted. */
    enum Format {
        QCOW2,
        RAW
    }

    /** A format that is known and not accepted, by bytes at an offset. */
    private record Signature(String name, int offset, String text) {

        byte[] bytes() {
            return text.getBytes(StandardCharsets.ISO_8859_1);
        }
    }

    private static final List<Signature> REFUSED = List.of(
            new Signature("VMDK", 0, "KDMV"),
            new Signature("VMDK", 0, "COWD"),
            new Signature("VMDK", 0, "# Disk DescriptorFile"),
            new Signature("VDI", 0, "<<< "),
            new Signature("VHDX", 0, "vhdxfile"),
            new Signature("VHD", 0, "conectix"),
            new Signature("QED", 0, "QED\0"),
            new Signature("LUKS", 0, "LUKS\u00ba\u00be"),
            new Signature("Parallels", 0, "WithoutFreeSpace"),
            new Signature("Parallels", 0, "WithouFreSpacExt"),
            new Signature("Bochs", 0, "Bochs Virtual HD Image"),
            new Signature("gzip", 0, "\u001f\u008b"),
            new Signature("xz", 0, "\u00fd7zXZ\0"),
            new Signature("zstd", 0, "(\u00b5/\u00fd"),
            new Signature("bzip2", 0, "BZh"),
            new Signature("zip", 0, "PK\u0003\u0004"),
            new Signature("tar", 257, "ustar"),
            new Signature("OVA or other XML", 0, "<?xml"));

    /**
     * Finds out what a file is, from its content alone.
     *
     * @throws AgentException IMAGE_INVALID when it is neither qcow2 nor a bootable raw disk
     */
    Format detect(Path file) throws IOException {
        byte[] head = head(file);
        for (Signature signature : REFUSED) {
            if (has(head, signature.offset(), signature.bytes())) {
                throw invalid("The file is " + signature.name() + "; only qcow2 and raw disks are accepted");
            }
        }
        if (head.length >= 4 && ByteBuffer.wrap(head).getInt(0) == Qcow2Header.MAGIC) {
            return Format.QCOW2;
        }
        if (looksLikeDisk(head)) {
            return Format.RAW;
        }
        throw invalid("The file is neither qcow2 nor a raw disk with a boot sector or partition table");
    }

    /** Checks a qcow2 file that nobody else can change any more. */
    Qcow2Header checkQcow2(Path file) throws IOException {
        Qcow2Header header =
                Qcow2Header.read(file).orElseThrow(() -> invalid("The file begins like qcow2 but has no valid header"));
        checkHeader(header);
        checkWithTool(file);
        return header;
    }

    private static void checkHeader(Qcow2Header header) {
        if (header.backingFile().isPresent()) {
            throw invalid("The image has a backing file; images must stand alone");
        }
        if ((header.incompatibleFeatures() & Qcow2Header.EXTERNAL_DATA) != 0) {
            throw invalid("The image keeps its data in an external file; images must stand alone");
        }
        if ((header.incompatibleFeatures() & Qcow2Header.CORRUPT) != 0) {
            throw invalid("The image is marked as corrupt");
        }
        if ((header.incompatibleFeatures() & ~Qcow2Header.HARMLESS_FEATURES) != 0) {
            throw invalid("The image uses qcow2 features that are not known");
        }
        if (header.encryption() != 0) {
            throw invalid("The image is encrypted");
        }
        if (header.snapshots() != 0) {
            throw invalid("The image has internal snapshots");
        }
        if (header.clusterBits() < 9 || header.clusterBits() > 21) {
            throw invalid("The image has clusters of an impossible size");
        }
        long size = header.virtualSizeBytes();
        if (size < SECTOR || size > LARGEST_VIRTUAL_SIZE_BYTES) {
            throw invalid("The image says it is " + size + " bytes large; 512 bytes to 16 TiB are accepted");
        }
        // One L1 entry maps one table of 8-byte entries (16 with extended L2) of one cluster each.
        long mappedByOneEntry = (1L << header.clusterBits()) << (header.clusterBits() - 4);
        if (header.l1Entries() < 0 || header.l1Entries() > size / mappedByOneEntry + 1) {
            throw invalid("The image has an L1 table that is too large for its size");
        }
        if (header.refcountTableClusters() < 0
                || (long) header.refcountTableClusters() << header.clusterBits() > 8L << 20) {
            throw invalid("The image has a reference count table that is too large");
        }
    }

    private void checkWithTool(Path file) {
        List<String> arguments = new ArrayList<>(QemuImg.LIMITED);
        arguments.addAll(List.of("qemu-img", "info", "-f", "qcow2", "--output=json", file.toString()));
        Commands.Result result = commands.run(arguments, PATIENCE);
        if (!result.succeeded()) {
            throw invalid("qemu-img refuses the image: " + withoutPath(result.complaint(), file));
        }
        Map<?, ?> info;
        try {
            info = Json.object(Json.parse(result.output()));
        } catch (IllegalArgumentException e) {
            throw new AgentException(AgentErrorCode.AGENT_ERROR, "Cannot understand the output of qemu-img", e);
        }
        boolean standsAlone = Json.string(info, "format").orElse("").equals("qcow2")
                && !info.containsKey("backing-filename")
                && !info.containsKey("full-backing-filename")
                && !Boolean.TRUE.equals(info.get("encrypted"))
                && !mentions(info, "data-file");
        if (!standsAlone) {
            throw invalid("The image refers to something outside of itself");
        }
    }

    private static boolean mentions(Map<?, ?> object, String key) {
        return object.containsKey(key)
                || object.values().stream().anyMatch(value -> value instanceof Map<?, ?> inner && mentions(inner, key));
    }

    /** A boot sector, a GUID partition table, or an ISO image that carries one of them. */
    private static boolean looksLikeDisk(byte[] head) {
        if (head.length < 2 * SECTOR) {
            return false;
        }
        ByteBuffer bytes = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        boolean bootSignature = bytes.getShort(510) == (short) 0xaa55;
        byte[] gpt = "EFI PART".getBytes(StandardCharsets.US_ASCII);
        return bootSignature || has(head, SECTOR, gpt) || has(head, 4096, gpt);
    }

    private static boolean has(byte[] head, int offset, byte[] bytes) {
        return head.length >= offset + bytes.length
                && Arrays.equals(head, offset, offset + bytes.length, bytes, 0, bytes.length);
    }

    private static byte[] head(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, Set.of(StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS))) {
            ByteBuffer head = ByteBuffer.allocate(HEAD);
            while (head.hasRemaining() && channel.read(head) >= 0) {
                // Until full or at the end.
            }
            return Arrays.copyOf(head.array(), head.position());
        }
    }

    private static String withoutPath(String complaint, Path file) {
        return complaint.replace(file.toString(), "the file");
    }

    static AgentException invalid(String message) {
        return new AgentException(AgentErrorCode.IMAGE_INVALID, message);
    }
}

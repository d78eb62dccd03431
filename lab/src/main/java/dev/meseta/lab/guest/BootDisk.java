package dev.meseta.lab.guest;

import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A disk that a BIOS boots: MBR, a FAT partition with syslinux and the kernel, and a second partition that is a plain tar
 * archive. Made in user space, without loop devices.
 */
final class BootDisk {

    private static final int SECTOR = 512;
    private static final long MEBIBYTE = 1024L * 1024;
    private static final long BOOT_START = MEBIBYTE;
    private static final long BOOT_SLACK = 4 * MEBIBYTE;
    private static final int PARTITION_TABLE = 446;
    private static final Path MASTER_BOOT_RECORD = Path.of("/usr/lib/syslinux/mbr/mbr.bin");

    private final Path work;

    BootDisk(Path work) {
        this.work = work;
    }

    /** @return the raw disk image */
    Path build(Path kernel, Path initramfs, Path tools, byte[] configuration) throws IOException {
        long bootSize = roundUp(Files.size(kernel) + Files.size(initramfs) + BOOT_SLACK);
        long toolsStart = BOOT_START + bootSize;
        long toolsSize = roundUp(Files.size(tools));
        Path disk = work.resolve("disk.raw");
        try (FileChannel channel = FileChannel.open(
                disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap(Files.readAllBytes(MASTER_BOOT_RECORD)), 0);
            ByteBuffer table = ByteBuffer.allocate(66).order(ByteOrder.LITTLE_ENDIAN);
            partition(table, true, 0x0e, BOOT_START, bootSize);
            partition(table, false, 0xda, toolsStart, toolsSize);
            table.position(64);
            table.put((byte) 0x55).put((byte) 0xaa);
            channel.write(table.rewind(), PARTITION_TABLE);
            channel.write(ByteBuffer.wrap(Files.readAllBytes(tools)), toolsStart);
            channel.write(ByteBuffer.wrap(new byte[] {0}), toolsStart + toolsSize - 1);
        }
        String fileSystem = disk + "@@" + BOOT_START;
        Programs.run(
                "mformat",
                "-i",
                fileSystem,
                "-T",
                Long.toString(bootSize / SECTOR),
                "-h",
                "16",
                "-s",
                "63",
                "-H",
                Long.toString(BOOT_START / SECTOR),
                "-N",
                "4d455345",
                "::");
        Path file = work.resolve("syslinux.cfg");
        Files.write(file, configuration);
        Programs.run("mcopy", "-i", fileSystem, kernel.toString(), "::vmlinuz");
        Programs.run("mcopy", "-i", fileSystem, initramfs.toString(), "::initrd");
        Programs.run("mcopy", "-i", fileSystem, file.toString(), "::syslinux.cfg");
        Programs.run("syslinux", "--install", "--offset", Long.toString(BOOT_START), disk.toString());
        return disk;
    }

    private static void partition(ByteBuffer table, boolean active, int type, long start, long size) {
        // Cylinder, head and sector are all ones: "see the linear address".
        table.put((byte) (active ? 0x80 : 0)).put((byte) 0xfe).put((byte) 0xff).put((byte) 0xff);
        table.put((byte) type).put((byte) 0xfe).put((byte) 0xff).put((byte) 0xff);
        table.putInt((int) (start / SECTOR)).putInt((int) (size / SECTOR));
    }

    private static long roundUp(long bytes) {
        return (bytes + MEBIBYTE - 1) / MEBIBYTE * MEBIBYTE;
    }
}

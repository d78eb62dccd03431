package dev.meseta.manager.inventory.web;

/** The unit of the API for memory and disks. */
final class Mebibytes {

    private static final long BYTES = 1024L * 1024;

    private Mebibytes() {}

    static long of(long bytes) {
        return bytes / BYTES;
    }

    static long toBytes(long mebibytes) {
        return Math.multiplyExact(mebibytes, BYTES);
    }
}

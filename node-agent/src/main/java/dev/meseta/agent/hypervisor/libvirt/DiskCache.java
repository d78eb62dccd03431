package dev.meseta.agent.hypervisor.libvirt;

/** How QEMU treats the host's page cache for a disk. */
enum DiskCache {
    /** Past the page cache: what the target of a migration reads is what the source has written, on any storage. */
    NONE("none"),
    /** For file systems that cannot do direct I/O. */
    WRITEBACK("writeback");

    private final String word;

    DiskCache(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}

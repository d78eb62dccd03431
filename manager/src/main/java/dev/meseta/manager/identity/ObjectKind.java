package dev.meseta.manager.identity;

/** Kinds of objects that grants are given on. */
public enum ObjectKind {
    /** The whole installation; there is one. */
    SYSTEM(Permission.GRANT_READ, "system"),
    DATA_CENTER(Permission.DATA_CENTER_READ, "data center"),
    CLUSTER(Permission.DATA_CENTER_READ, "cluster"),
    HOST(Permission.HOST_READ, "host"),
    VM(Permission.VM_READ, "VM"),
    DISK(Permission.STORAGE_READ, "disk"),
    IMAGE(Permission.IMAGE_READ, "image"),
    STORAGE_DOMAIN(Permission.STORAGE_READ, "storage domain"),
    NETWORK(Permission.NETWORK_READ, "network");

    private final Permission read;
    private final String words;

    ObjectKind(Permission read, String words) {
        this.read = read;
        this.words = words;
    }

    /** Whoever holds it on an object sees it. */
    public Permission read() {
        return read;
    }

    /** As sentences say it. */
    public String words() {
        return words;
    }
}

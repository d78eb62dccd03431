package dev.meseta.agent.hypervisor;

/** What a driver on this host can do beyond the basics. */
public enum Capability {
    LIVE_MIGRATION("migration.live"),
    MIGRATION_TLS("migration.tls"),
    POST_COPY("migration.post-copy"),
    AUTO_CONVERGE("migration.auto-converge"),
    UEFI("firmware.uefi");

    private final String wireName;

    Capability(String wireName) {
        this.wireName = wireName;
    }

    /** Stable name in the contract with the manager. */
    public String wireName() {
        return wireName;
    }
}

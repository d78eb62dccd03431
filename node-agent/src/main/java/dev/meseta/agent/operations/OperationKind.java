package dev.meseta.agent.operations;

import java.util.Arrays;
import java.util.Optional;

/** What an operation does. The wire name is stable. */
public enum OperationKind {
    DOMAIN_ENSURE_RUNNING("domain.ensure-running", true),
    DOMAIN_ENSURE_STOPPED("domain.ensure-stopped", true),
    DOMAIN_REBOOT("domain.reboot", false),
    DOMAIN_ENSURE_PAUSED("domain.ensure-paused", true),
    MIGRATION_PREPARE_TARGET("migration.prepare-target", true),
    MIGRATION_START("migration.start", false),
    MIGRATION_RELEASE_TARGET("migration.release-target", true),
    MIGRATION_CHANGE("migration.change", true),
    MIGRATION_SWITCH_TO_POST_COPY("migration.switch-to-post-copy", false),
    STORAGE_DOMAIN_ENSURE("storage-domain.ensure", true),
    VOLUME_ENSURE("volume.ensure", true),
    VOLUME_REMOVE("volume.remove", true),
    IMAGE_ENSURE("image.ensure", true),
    IMAGE_REMOVE("image.remove", true),
    SEED_REMOVE("seed.remove", true),
    NETWORK_ENSURE("network.ensure", true),
    NETWORK_REMOVE("network.remove", true);

    private final String wireName;
    private final boolean repeatable;

    OperationKind(String wireName, boolean repeatable) {
        this.wireName = wireName;
        this.repeatable = repeatable;
    }

    public String wireName() {
        return wireName;
    }

    /** Doing it twice is the same as doing it once, so an attempt whose outcome is unknown may simply run again. */
    public boolean repeatable() {
        return repeatable;
    }

    static Optional<OperationKind> ofWireName(String wireName) {
        return Arrays.stream(values())
                .filter(kind -> kind.wireName.equals(wireName))
                .findFirst();
    }
}

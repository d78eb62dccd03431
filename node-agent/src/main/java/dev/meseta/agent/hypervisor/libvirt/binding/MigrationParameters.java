package dev.meseta.agent.hypervisor.libvirt.binding;

import java.util.OptionalLong;

/**
 * Arguments of {@code virDomainMigrateToURI3}.
 *
 * @param controlUri the target's libvirt, as this host's libvirt reaches it
 * @param migrationUri the target's QEMU
 * @param targetXml the domain in the target's terms
 * @param bandwidthMebibytesPerSecond absent: no limit
 * @param flags {@code virDomainMigrateFlags}; constants here
 */
public record MigrationParameters(
        String controlUri, String migrationUri, String targetXml, OptionalLong bandwidthMebibytesPerSecond, int flags) {

    public static final int LIVE = 1;
    public static final int PEER_TO_PEER = 1 << 1;
    public static final int UNSAFE = 1 << 9;
    public static final int AUTO_CONVERGE = 1 << 13;
    public static final int POST_COPY = 1 << 15;
    public static final int TLS = 1 << 16;
}

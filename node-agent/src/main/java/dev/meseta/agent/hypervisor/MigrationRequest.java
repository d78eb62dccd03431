package dev.meseta.agent.hypervisor;

import java.nio.file.Path;

/**
 * An outgoing migration.
 *
 * @param definition the domain as the target shall have it, in the target's terms
 * @param controlSocket UNIX socket on this host that leads to the target's libvirt
 * @param migrationUri where the target's QEMU listens, {@code tcp://address[:port]}
 * @param tls QEMU's native TLS for memory and disks
 */
public record MigrationRequest(
        DomainDefinition definition,
        Path controlSocket,
        String migrationUri,
        boolean tls,
        long maxDowntimeMs,
        long bandwidthBytesPerSecond,
        boolean autoConverge,
        boolean postCopyAllowed) {}

package dev.meseta.agent.hypervisor;

import java.util.UUID;

/**
 * A domain as the hypervisor sees it.
 *
 * @param external true when Meseta did not make it: visible, never touched
 */
public record DomainStatus(
        UUID vmId,
        String name,
        DomainState state,
        DomainReason reason,
        int vcpus,
        long memoryBytes,
        boolean external) {}

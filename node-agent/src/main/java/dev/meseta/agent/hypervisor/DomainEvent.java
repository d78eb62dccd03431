package dev.meseta.agent.hypervisor;

import java.util.UUID;

/** A domain changed. {@code status.state()} is {@link DomainState#GONE} when it left or ended. */
public record DomainEvent(UUID vmId, DomainStatus status) {}

package dev.meseta.agent.hypervisor.libvirt.binding;

import java.util.UUID;

/** {@code VIR_DOMAIN_EVENT_ID_JOB_COMPLETED}: the statistics of a job that has just ended. */
public record JobCompletedEvent(UUID uuid, TypedParameters statistics) {}

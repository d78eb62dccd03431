package dev.meseta.agent.hypervisor.libvirt.binding;

/** From {@code virDomainGetState}; numbers as in {@link LibvirtStates}. */
public record StateAndReason(int state, int reason) {}

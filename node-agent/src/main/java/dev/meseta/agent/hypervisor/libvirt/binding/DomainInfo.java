package dev.meseta.agent.hypervisor.libvirt.binding;

/** From {@code virDomainGetInfo}. */
public record DomainInfo(int vcpus, long maximumMemoryKibibytes) {}

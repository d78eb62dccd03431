package dev.meseta.agent.hypervisor.libvirt.binding;

/** The host's processors and memory, from {@code virNodeGetInfo}. */
public record NodeInfo(int cpus, long memoryKibibytes) {}

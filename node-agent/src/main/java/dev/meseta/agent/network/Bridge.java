package dev.meseta.agent.network;

/** A bridge of this host. */
public record Bridge(String name, int mtu) {}

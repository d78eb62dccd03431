package dev.meseta.manager.membership;

import java.time.Instant;

/**
 * A living manager.
 *
 * @param address where people and agents reach it
 */
public record Member(Life life, String address, Instant startedAt) {}

package dev.meseta.manager.agents;

import java.util.UUID;

/**
 * Something a host needs before VMs may run on it: storage in reach, networks in place. Every bean of this type is asked
 * each time a host connects, before the host counts as UP; while one fails the host is NON_OPERATIONAL with the reason,
 * and it is tried again. Must be harmless when repeated. May block; never called inside a transaction.
 */
@FunctionalInterface
public interface HostPreparation {

    /** @throws dev.meseta.manager.shared.MesetaException with a message for the administrator when the host is not fit */
    void prepare(UUID hostId);
}

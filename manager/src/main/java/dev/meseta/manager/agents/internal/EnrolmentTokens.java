package dev.meseta.manager.agents.internal;

import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/** One-time tokens as they are kept: only their hashes. */
interface EnrolmentTokens {

    void add(NewToken token);

    /**
     * Uses a token up, if it is there, unused and not expired; of several callers at once exactly one gets it. Undone
     * when the surrounding transaction is.
     */
    Optional<Entitlement> use(String hash, Instant now);

    record NewToken(
            UUID id,
            String hostName,
            UUID clusterId,
            String hash,
            String createdBy,
            Instant createdAt,
            Instant expiresAt) {}

    /** What the token lets its holder do. */
    record Entitlement(UUID tokenId, String hostName, UUID clusterId, String createdBy) {}
}

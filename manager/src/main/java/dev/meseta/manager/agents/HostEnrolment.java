package dev.meseta.manager.agents;

import dev.meseta.manager.shared.RequestContext;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Lets new hosts join. */
public interface HostEnrolment {

    /**
     * Makes a token that lets one host with this name join one cluster, once, until it expires. Only a hash of the token
     * is kept.
     *
     * @param clusterId null: the default cluster
     * @throws dev.meseta.manager.shared.MesetaException VALIDATION_FAILED for a bad host name, NAME_TAKEN when a host that
     *     has reported has it, NOT_FOUND when there is no such cluster
     */
    Invitation invite(String hostName, @Nullable UUID clusterId, RequestContext requestedBy);

    /**
     * What {@link #invite} would do now; nothing is done.
     *
     * @throws dev.meseta.manager.shared.MesetaException as {@link #invite}
     */
    InvitationPlan plan(String hostName, @Nullable UUID clusterId);

    /**
     * Which host a token would let join.
     *
     * @param expiresAt when a token made now would expire
     */
    record InvitationPlan(String hostName, UUID clusterId, Instant expiresAt) {}

    /**
     * What the administrator hands to the new host.
     *
     * @param token a secret
     * @param caFingerprint SHA-256 of the control CA's certificate, lower-case hex
     * @param command to be run on the new host as it is
     */
    record Invitation(String token, String caFingerprint, String command, Instant expiresAt) {

        /** Without the token and the command that contains it. */
        @Override
        public String toString() {
            return "Invitation[caFingerprint=%s, expiresAt=%s]".formatted(caFingerprint, expiresAt);
        }
    }
}

package dev.meseta.manager.identity;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * People who prove at an identity provider who they are. What the provider says has been checked by the caller: here it is
 * decided what follows from it. Who somebody is, is issuer and subject; which groups they are in, are the provider's ids of
 * those. Names decide nothing.
 */
public interface ProviderSignIns {

    /**
     * Somebody who is sent to the provider.
     *
     * @param state comes back with the answer, once
     * @param browser secret that the browser keeps meanwhile
     * @param sessionId who shows in it again who they are; null: it is to sign in
     * @param returnTo a path of the page
     */
    record Sent(
            String state,
            String browser,
            @Nullable UUID sessionId,
            String nonce,
            String codeVerifier,
            String redirectUri,
            String returnTo,
            Instant begunAt) {
        @Override
        public String toString() {
            return "Sent";
        }
    }

    /**
     * What the provider says of somebody.
     *
     * @param providerSession its own id of where they are signed in; null: it gave none
     * @param groups its ids of the groups they are in
     * @param factors what they have shown there
     * @param authenticatedAt when they last did; null: it does not say
     * @param statedAt when it said so, by its clock
     */
    record Statement(
            String issuer,
            String subject,
            @Nullable String providerSession,
            String username,
            String displayName,
            Set<String> groups,
            Set<Factor> factors,
            @Nullable Instant authenticatedAt,
            Instant statedAt) {}

    /**
     * Of a logout token.
     *
     * @param subject null: the session says whose
     * @param providerSession null: all of the subject's sessions end
     * @param expiresAt until when the token would be good
     */
    record Ended(
            String issuer,
            String tokenId,
            @Nullable String subject,
            @Nullable String providerSession,
            Instant statedAt,
            Instant expiresAt) {}

    /** Whether nobody gets in without a second factor. */
    boolean isSecondFactorDemanded();

    /** Remembers, for ten minutes and for every manager, who was sent. */
    void sent(Sent sent);

    /** Who comes back with this state, in the browser that was sent. Once; empty: nobody was sent so, or it is too long ago. */
    Optional<Sent> back(String state, String browser);

    /**
     * Begins a session, after the groups are brought up to date.
     *
     * @throws dev.meseta.manager.shared.MesetaException NO_GROUP when they are in no group that Meseta knows, UNAUTHENTICATED when the
     *     provider has said meanwhile that they are signed out; FACTOR_REQUIRED when everybody must have a second factor and they have
     *     shown none
     */
    SignIns.Done signIn(Statement statement, SignIns.Origin origin);

    /**
     * Somebody showed again who they are.
     *
     * @throws dev.meseta.manager.shared.MesetaException FACTOR_WRONG when it is somebody else, or was shown before they were sent, or
     *     without a second factor; NO_GROUP as above; UNAUTHENTICATED when the session has ended
     */
    AuthenticatedUser provedAgain(Sent sent, Statement statement);

    /**
     * Who shows a token of the provider's.
     *
     * @throws dev.meseta.manager.shared.MesetaException NO_GROUP as above; UNAUTHENTICATED when its session has ended
     */
    AuthenticatedUser byToken(Statement statement);

    /**
     * Ends sessions, at every manager.
     *
     * @return how many
     * @throws dev.meseta.manager.shared.MesetaException VALIDATION_FAILED when the token was shown before
     */
    int ended(Ended ended);
}

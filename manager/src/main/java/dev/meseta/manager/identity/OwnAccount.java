package dev.meseta.manager.identity;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What a person signs in with, kept by themselves. */
public interface OwnAccount {

    /**
     * @param totpSince null: none is enrolled
     * @param atProvider signs in at the identity provider, and changes there what they sign in with
     */
    record Factors(
            @Nullable Instant totpSince,
            @Nullable Instant totpUsedAt,
            List<Passkey> passkeys,
            int recoveryCodesLeft,
            boolean atProvider) {}

    record Passkey(
            UUID id,
            String label,
            Instant createdAt,
            @Nullable Instant usedAt) {}

    /** @param uri as authenticator applications read it from a QR code; it contains the secret */
    record NewTotp(String secret, String uri) {
        @Override
        public String toString() {
            return "NewTotp";
        }
    }

    Factors factors(AuthenticatedUser user);

    /**
     * Other sessions of the user end.
     *
     * @throws dev.meseta.manager.shared.MesetaException VALIDATION_FAILED when the present password is wrong or the new one is not
     *     allowed; TOO_MANY_REQUESTS after too many failures
     */
    void changePassword(SignIn signIn, String present, String wanted, String address);

    /** Begins enrolling; what was begun before is forgotten. Good for ten minutes. */
    NewTotp beginTotp(SignIn signIn);

    /**
     * Ends enrolling with a first code.
     *
     * @return recovery codes when there were none yet
     * @throws dev.meseta.manager.shared.MesetaException VALIDATION_FAILED when the code is wrong; OBJECT_IN_USE when one is enrolled
     *     already; NOT_FOUND when none was begun
     */
    List<String> confirmTotp(SignIn signIn, String code);

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND; FACTOR_REQUIRED when it is the last one of who must have one */
    void removeTotp(SignIn signIn);

    /** Ten new ones; those from before are worth nothing any more. */
    List<String> newRecoveryCodes(SignIn signIn);

    /** A question for a new authenticator, in WebAuthn's JSON; good once, for five minutes. */
    Map<String, Object> passkeyQuestion(SignIn signIn, Site site);

    /**
     * @param credential the authenticator's answer
     * @return recovery codes when there were none yet
     */
    List<String> addPasskey(SignIn signIn, Site site, String label, Map<String, Object> credential);

    void renamePasskey(SignIn signIn, UUID id, String label);

    /** As {@link #removeTotp}. */
    void removePasskey(SignIn signIn, UUID id);
}

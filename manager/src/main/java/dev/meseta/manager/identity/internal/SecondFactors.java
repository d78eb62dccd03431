package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.Proof;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** Which second factors somebody has, and whether what they show is one. */
@Component
class SecondFactors {

    private static final int MAX_CODE_CHARACTERS = 100;

    private final TotpSecrets totp;
    private final RecoveryCodes recoveryCodes;
    private final Passkeys passkeys;
    private final PasskeyRows passkeyRows;

    SecondFactors(TotpSecrets totp, RecoveryCodes recoveryCodes, Passkeys passkeys, PasskeyRows passkeyRows) {
        this.totp = totp;
        this.recoveryCodes = recoveryCodes;
        this.passkeys = passkeys;
        this.passkeyRows = passkeyRows;
    }

    /** Empty: the password is all there is. Recovery codes stand in for another and are none of their own. */
    Set<Factor> of(UUID userId) {
        Set<Factor> factors = EnumSet.noneOf(Factor.class);
        if (!passkeyRows.list(userId).isEmpty()) {
            factors.add(Factor.PASSKEY);
        }
        if (totp.enrolled(userId).isPresent()) {
            factors.add(Factor.TOTP);
        }
        if (!factors.isEmpty() && recoveryCodes.left(userId) > 0) {
            factors.add(Factor.RECOVERY_CODE);
        }
        return factors;
    }

    /** Takes what is shown: the same again is wrong. */
    boolean accepts(UUID userId, Proof proof) {
        return switch (proof) {
            case Proof.Password unused -> false;
            case Proof.Totp code -> code.code().length() <= MAX_CODE_CHARACTERS && totp.use(userId, code.code());
            case Proof.RecoveryCode code ->
                code.code().length() <= MAX_CODE_CHARACTERS && recoveryCodes.use(userId, code.code());
            case Proof.Passkey passkey ->
                passkeys.answeredBy(passkey.site(), passkey.credential()).equals(Optional.of(userId));
        };
    }
}

package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.OwnAccount;
import dev.meseta.manager.identity.Proof;
import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.identity.Site;
import dev.meseta.manager.identity.StepUp;
import dev.meseta.manager.identity.internal.Accounts.Account;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import dev.meseta.manager.shared.Problems;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionOperations;

/** Changes what a person signs in with. All changes of one person's come one after the other. */
@Service
class AccountService implements OwnAccount {

    private static final int MOST_PASSKEYS = 20;
    private static final int MAX_LABEL_CHARACTERS = 100;

    private final Accounts accounts;
    private final StepUp stepUp;
    private final PasswordEncoder passwords;
    private final PasswordRules rules;
    private final StoredSessions sessions;
    private final PendingSignIns pendings;
    private final TotpSecrets totp;
    private final RecoveryCodes recoveryCodes;
    private final Passkeys passkeys;
    private final PasskeyRows passkeyRows;
    private final MfaPolicy policy;
    private final TransactionOperations transactions;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    AccountService(
            Accounts accounts,
            StepUp stepUp,
            PasswordEncoder passwords,
            PasswordRules rules,
            StoredSessions sessions,
            PendingSignIns pendings,
            TotpSecrets totp,
            RecoveryCodes recoveryCodes,
            Passkeys passkeys,
            PasskeyRows passkeyRows,
            MfaPolicy policy,
            TransactionOperations transactions,
            InstantSource clock) {
        this.accounts = accounts;
        this.stepUp = stepUp;
        this.passwords = passwords;
        this.rules = rules;
        this.sessions = sessions;
        this.pendings = pendings;
        this.totp = totp;
        this.recoveryCodes = recoveryCodes;
        this.passkeys = passkeys;
        this.passkeyRows = passkeyRows;
        this.policy = policy;
        this.transactions = transactions;
        this.clock = clock;
    }

    @Override
    public Factors factors(AuthenticatedUser user) {
        var enrolled = totp.enrolled(user.id());
        return new Factors(
                enrolled.map(TotpSecrets.Enrolled::createdAt).orElse(null),
                enrolled.map(TotpSecrets.Enrolled::usedAt).orElse(null),
                passkeyRows.list(user.id()),
                recoveryCodes.left(user.id()),
                accounts.isAtProvider(user.id()));
    }

    @Override
    public void changePassword(SignIn signIn, String present, String wanted, String address) {
        Account account = accounts.byId(signIn.user().id())
                .orElseThrow(() -> Problems.notFound("user", signIn.user().id()));
        rules.check("wanted", account.name(), wanted);
        try {
            stepUp.prove(signIn, new Proof.Password(present), address);
        } catch (MesetaException e) {
            throw e.code() == ErrorCode.FACTOR_WRONG ? invalid("present", "is not your password.") : e;
        }
        String hash = passwords.encode(wanted);
        transactions.executeWithoutResult(status -> {
            if (!accounts.changePassword(account.id(), account.passwordHash(), hash)) {
                throw invalid("present", "was changed meanwhile.");
            }
            pendings.endAll(account.id());
            sessions.endAllBut(account.id(), signIn.sessionId());
        });
    }

    @Override
    public NewTotp beginTotp(SignIn signIn) {
        if (totp.enrolled(signIn.user().id()).isPresent()) {
            throw enrolledAlready();
        }
        byte[] secret = new byte[Totp.SECRET_BYTES];
        random.nextBytes(secret);
        totp.begin(signIn.user().id(), secret);
        return new NewTotp(Totp.base32(secret), Totp.uri(signIn.user().username(), secret));
    }

    @Override
    public List<String> confirmTotp(SignIn signIn, String code) {
        UUID userId = signIn.user().id();
        // Not in the transaction below: a wrong code must not give its attempt back.
        byte[] secret = totp.attemptToEnrol(userId)
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.NOT_FOUND, "No authenticator application is being enrolled; begin again."));
        OptionalLong step = Totp.stepOf(secret, code, clock.instant());
        if (step.isEmpty()) {
            throw invalid("code", "is not the code of now; look at the clock of the device.");
        }
        return changing(userId, () -> {
            if (!totp.enrol(userId, secret, step.getAsLong())) {
                throw enrolledAlready();
            }
            return enrolled(signIn, Factor.TOTP);
        });
    }

    @Override
    public void removeTotp(SignIn signIn) {
        remove(
                signIn,
                "authenticator application",
                signIn.user().id(),
                () -> totp.remove(signIn.user().id()));
    }

    @Override
    public List<String> newRecoveryCodes(SignIn signIn) {
        UUID userId = signIn.user().id();
        return changing(userId, () -> {
            if (!hasSecond(userId)) {
                throw new MesetaException(
                        ErrorCode.FACTOR_REQUIRED,
                        "Recovery codes stand in for a second factor, and none is enrolled; enrol one first.");
            }
            return recoveryCodes.renew(userId);
        });
    }

    @Override
    public Map<String, Object> passkeyQuestion(SignIn signIn, Site site) {
        return passkeys.question(site, signIn.user().id(), signIn.user().username());
    }

    @Override
    public List<String> addPasskey(SignIn signIn, Site site, String label, Map<String, Object> credential) {
        UUID userId = signIn.user().id();
        String checked = label(label);
        return changing(userId, () -> {
            if (passkeyRows.list(userId).size() >= MOST_PASSKEYS) {
                throw invalid(
                        "label", "would be your passkey number %d; remove one first.".formatted(MOST_PASSKEYS + 1));
            }
            if (!passkeys.register(site, userId, signIn.user().username(), checked, credential)) {
                throw SignInService.wrong();
            }
            return enrolled(signIn, Factor.PASSKEY);
        });
    }

    @Override
    public void renamePasskey(SignIn signIn, UUID id, String label) {
        if (!passkeyRows.rename(signIn.user().id(), id, label(label))) {
            throw Problems.notFound("passkey of yours", id);
        }
    }

    @Override
    public void removePasskey(SignIn signIn, UUID id) {
        remove(
                signIn,
                "passkey of yours",
                id,
                () -> passkeyRows.remove(signIn.user().id(), id));
    }

    private void remove(SignIn signIn, String kind, UUID id, BooleanSupplier removal) {
        UUID userId = signIn.user().id();
        List<String> unused = changing(userId, () -> {
            if (!removal.getAsBoolean()) {
                throw Problems.notFound(kind, id);
            }
            if (!hasSecond(userId)) {
                if (policy.demands(userId)) {
                    throw new MesetaException(
                            ErrorCode.FACTOR_REQUIRED,
                            "It is your last second factor, and you must have one; enrol another first.");
                }
                recoveryCodes.forget(userId);
            }
            return List.of();
        });
    }

    private boolean hasSecond(UUID userId) {
        return totp.enrolled(userId).isPresent() || !passkeyRows.list(userId).isEmpty();
    }

    /** Whoever has enrolled one has shown it. */
    private List<String> enrolled(SignIn signIn, Factor factor) {
        UUID userId = signIn.user().id();
        sessions.proved(signIn.sessionId(), factor);
        pendings.endAll(userId);
        return recoveryCodes.left(userId) == 0 ? recoveryCodes.renew(userId) : List.of();
    }

    private interface Change {
        List<String> make();
    }

    private List<String> changing(UUID userId, Change change) {
        return Objects.requireNonNull(transactions.execute(status -> {
            accounts.lock(userId);
            return change.make();
        }));
    }

    private static String label(String label) {
        String stripped = label.strip();
        if (stripped.isEmpty()
                || stripped.length() > MAX_LABEL_CHARACTERS
                || stripped.chars().anyMatch(Character::isISOControl)) {
            throw invalid(
                    "label",
                    "must have 1 to %d characters, and no control characters.".formatted(MAX_LABEL_CHARACTERS));
        }
        return stripped;
    }

    private static MesetaException enrolledAlready() {
        return new MesetaException(
                ErrorCode.OBJECT_IN_USE, "An authenticator application is enrolled already; remove it first.");
    }

    private static MesetaException invalid(String field, String message) {
        return new MesetaException(
                ErrorCode.VALIDATION_FAILED,
                "The request is not valid: %s %s".formatted(field, message),
                List.of(new FieldError(field, message)),
                null);
    }
}

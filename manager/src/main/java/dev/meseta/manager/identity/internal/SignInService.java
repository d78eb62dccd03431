package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.Proof;
import dev.meseta.manager.identity.SignIns;
import dev.meseta.manager.identity.Site;
import dev.meseta.manager.identity.internal.Accounts.Account;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.EnumSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;

/** Signs people in: password, then a second factor of who has one; or a passkey alone. */
@Service
class SignInService implements SignIns {

    private static final int MAX_USERNAME_CHARACTERS = 200;
    private static final int MAX_PENDING_CHARACTERS = 200;

    private final Accounts accounts;
    private final KnownGrants grants;
    private final PasswordEncoder passwords;
    private final SignInThrottle throttle;
    private final StoredSessions sessions;
    private final PendingSignIns pendings;
    private final SecondFactors factors;
    private final Passkeys passkeys;
    private final String hashOfNobody;

    SignInService(
            Accounts accounts,
            KnownGrants grants,
            PasswordEncoder passwords,
            SignInThrottle throttle,
            StoredSessions sessions,
            PendingSignIns pendings,
            SecondFactors factors,
            Passkeys passkeys) {
        this.accounts = accounts;
        this.grants = grants;
        this.passwords = passwords;
        this.throttle = throttle;
        this.sessions = sessions;
        this.pendings = pendings;
        this.factors = factors;
        this.passkeys = passkeys;
        this.hashOfNobody = passwords.encode("nobody");
    }

    @Override
    public Step byPassword(String username, String password, Origin origin) {
        Optional<Account> account = username.length() <= MAX_USERNAME_CHARACTERS && username.indexOf('\0') < 0
                ? accounts.byName(username)
                : Optional.empty();
        SignInThrottle.Attempt attempt =
                throttle.begin(username, origin.address(), isKnown(account, origin.address()), false);
        // A wrong name costs as much as a wrong password, and a very long password costs nothing.
        boolean matches = PasswordRules.isBearable(password)
                && passwords.matches(
                        password, account.map(Account::passwordHash).orElse(hashOfNobody));
        if (account.isEmpty() || !matches) {
            throw new MesetaException(ErrorCode.UNAUTHENTICATED, "The user name or the password is wrong.");
        }
        attempt.succeeded();
        UUID userId = account.get().id();
        Set<Factor> second = factors.of(userId);
        return second.isEmpty()
                ? begin(userId, EnumSet.of(Factor.PASSWORD), origin)
                : new More(grants.user(account.get()), second, pendings.begin(userId));
    }

    @Override
    public Optional<String> pendingUsername(String pending) {
        return pending.length() > MAX_PENDING_CHARACTERS ? Optional.empty() : pendings.username(pending);
    }

    @Override
    public Done bySecondFactor(String pending, Proof proof, Origin origin) {
        Optional<Account> account = pending.length() > MAX_PENDING_CHARACTERS
                ? Optional.empty()
                : pendings.attempt(pending).flatMap(accounts::byId);
        if (account.isEmpty()) {
            throw over();
        }
        UUID userId = account.get().id();
        SignInThrottle.Attempt attempt =
                throttle.begin(secondOf(account.get()), origin.address(), isKnown(account, origin.address()), true);
        if (!factors.accepts(userId, proof)) {
            throw wrong();
        }
        attempt.succeeded();
        if (!pendings.end(pending)) {
            throw over();
        }
        return begin(userId, EnumSet.of(Factor.PASSWORD, proof.factor()), origin);
    }

    @Override
    public Map<String, Object> passkeyQuestion(Site site) {
        return passkeys.question(site);
    }

    @Override
    public Done byPasskey(Proof.Passkey proof, Origin origin) {
        SignInThrottle.Attempt attempt = throttle.begin(origin.address());
        UUID userId = passkeys.answeredBy(proof.site(), proof.credential())
                .filter(id -> accounts.byId(id).isPresent())
                .orElseThrow(SignInService::wrong);
        attempt.succeeded();
        return begin(userId, EnumSet.of(Factor.PASSKEY), origin);
    }

    private Done begin(UUID userId, Set<Factor> shown, Origin origin) {
        accounts.signedInFrom(userId, SignInThrottle.network(origin.address()));
        return sessions.begin(userId, shown, origin);
    }

    boolean isKnown(Optional<Account> account, String address) {
        return account.isPresent() && accounts.knows(account.get().id(), SignInThrottle.network(address));
    }

    /** Counted apart: who has the password must not forget the failures of the second step with it. */
    static String secondOf(Account account) {
        return account.name() + "\0second";
    }

    static MesetaException wrong() {
        return new MesetaException(
                ErrorCode.FACTOR_WRONG, "What was shown is wrong, too late, or was used before. Try with a new one.");
    }

    private static MesetaException over() {
        return new MesetaException(
                ErrorCode.UNAUTHENTICATED,
                "The first step of signing in is too long ago; begin again with the password.");
    }
}

package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.internal.Accounts.Account;
import dev.meseta.manager.identity.internal.Accounts.TokenAccount;
import dev.meseta.manager.shared.Topics;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;

/** Checks credentials against the account rows, and says what their owners may do. */
@Service
class AccountAuthenticator implements Authenticator {

    private static final int MAX_USERNAME_CHARACTERS = 200;
    private static final int MAX_PASSWORD_CHARACTERS = 1000;
    private static final int MAX_TOKEN_CHARACTERS = 200;

    private final Accounts accounts;
    private final KnownGrants grants;
    private final PasswordEncoder passwords;
    private final FailedAttempts failures;
    private final String hashOfNobody;

    AccountAuthenticator(
            Accounts accounts, KnownGrants grants, PasswordEncoder passwords, InstantSource clock, Topics topics) {
        this.accounts = accounts;
        this.grants = grants;
        this.passwords = passwords;
        this.failures = new FailedAttempts(clock, topics.topic("sign-in.attempts", FailedAttempts.Attempt.class));
        this.hashOfNobody = passwords.encode("nobody");
    }

    @Override
    public Optional<AuthenticatedUser> byPassword(String username, String password, String remoteAddress) {
        failures.requireFewFrom(remoteAddress);
        Optional<Account> account = username.length() <= MAX_USERNAME_CHARACTERS && username.indexOf('\0') < 0
                ? accounts.byName(username)
                : Optional.empty();
        // A wrong name costs as much as a wrong password, and a very long password costs nothing.
        boolean matches = password.length() <= MAX_PASSWORD_CHARACTERS
                && passwords.matches(
                        password, account.map(Account::passwordHash).orElse(hashOfNobody));
        if (account.isEmpty() || !matches) {
            failures.add(remoteAddress);
            return Optional.empty();
        }
        failures.forget(remoteAddress);
        return account.map(this::user);
    }

    @Override
    public Optional<AuthenticatedUser> byToken(String token) {
        if (token.length() > MAX_TOKEN_CHARACTERS) {
            return Optional.empty();
        }
        Optional<TokenAccount> found = accounts.byToken(token);
        found.ifPresent(accounts::tokenUsed);
        return found.map(this::user);
    }

    private AuthenticatedUser user(Account account) {
        return new AuthenticatedUser(account.id(), account.name(), KnownGrants.somewhere(grants.of(account.id())));
    }

    private AuthenticatedUser user(TokenAccount token) {
        EnumSet<Permission> permissions =
                EnumSet.copyOf(KnownGrants.somewhere(grants.of(token.userId(), token.epoch())));
        Set<Permission> most = token.permissions();
        if (most != null) {
            permissions.removeIf(permission -> !permission.isOwn() && !most.contains(permission));
        }
        return new AuthenticatedUser(token.userId(), token.name(), permissions, token.tokenId());
    }
}

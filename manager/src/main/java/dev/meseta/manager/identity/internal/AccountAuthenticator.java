package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.internal.Accounts.Account;
import dev.meseta.manager.shared.Topics;
import java.time.InstantSource;
import java.util.EnumSet;
import java.util.Optional;
import org.springframework.security.crypto.password.PasswordEncoder;
import org.springframework.stereotype.Service;

/** Checks credentials against the account rows; every account is an administrator. */
@Service
class AccountAuthenticator implements Authenticator {

    private static final int MAX_USERNAME_CHARACTERS = 200;
    private static final int MAX_PASSWORD_CHARACTERS = 1000;
    private static final int MAX_TOKEN_CHARACTERS = 200;

    private final Accounts accounts;
    private final PasswordEncoder passwords;
    private final FailedAttempts failures;
    private final String hashOfNobody;

    AccountAuthenticator(Accounts accounts, PasswordEncoder passwords, InstantSource clock, Topics topics) {
        this.accounts = accounts;
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
        return account.map(AccountAuthenticator::user);
    }

    @Override
    public Optional<AuthenticatedUser> byToken(String token) {
        if (token.length() > MAX_TOKEN_CHARACTERS) {
            return Optional.empty();
        }
        return accounts.byToken(token).map(AccountAuthenticator::user);
    }

    private static AuthenticatedUser user(Account account) {
        return new AuthenticatedUser(account.id(), account.name(), EnumSet.allOf(Permission.class));
    }
}

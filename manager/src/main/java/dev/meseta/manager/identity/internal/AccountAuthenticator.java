package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.internal.Accounts.Account;
import java.util.EnumSet;
import java.util.Optional;
import org.springframework.stereotype.Service;

/** Checks API tokens against their rows; every account is an administrator. */
@Service
class AccountAuthenticator implements Authenticator {

    private static final int MAX_TOKEN_CHARACTERS = 200;

    private final Accounts accounts;

    AccountAuthenticator(Accounts accounts) {
        this.accounts = accounts;
    }

    @Override
    public Optional<AuthenticatedUser> byToken(String token) {
        if (token.length() > MAX_TOKEN_CHARACTERS) {
            return Optional.empty();
        }
        return accounts.byToken(token).map(AccountAuthenticator::user);
    }

    /** Who the account is and what they may do. */
    static AuthenticatedUser user(Account account) {
        return new AuthenticatedUser(account.id(), account.name(), EnumSet.allOf(Permission.class));
    }
}

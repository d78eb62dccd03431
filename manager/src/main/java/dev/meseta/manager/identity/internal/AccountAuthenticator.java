package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Authenticator;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.internal.Accounts.TokenAccount;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import org.springframework.stereotype.Service;

/** Checks credentials against the account rows, and says what their owners may do. */
@Service
class AccountAuthenticator implements Authenticator {

    private static final int MAX_TOKEN_CHARACTERS = 200;

    private final Accounts accounts;
    private final KnownGrants grants;

    AccountAuthenticator(Accounts accounts, KnownGrants grants) {
        this.accounts = accounts;
        this.grants = grants;
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

package dev.meseta.manager.web.security;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.ProviderSignIns;
import dev.meseta.manager.identity.ProviderSignIns.Statement;
import dev.meseta.manager.web.oidc.IdentityProvider;
import java.io.Serializable;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.core.Authentication;
import org.springframework.stereotype.Component;

/** Tokens that the identity provider signed, shown to the API. */
@Component
class ProviderTokens {

    private final IdentityProvider provider;
    private final ProviderSignIns signIns;

    ProviderTokens(IdentityProvider provider, ProviderSignIns signIns) {
        this.provider = provider;
        this.signIns = signIns;
    }

    /**
     * Goes with a request that came with one.
     *
     * @param secondProvedAt when a second factor was shown; null: none was
     */
    record Shown(@Nullable Instant secondProvedAt) implements Serializable {}

    /** An API token of ours has no dot in it. */
    boolean isOne(String token) {
        return provider.isSetUp() && token.indexOf('.') >= 0;
    }

    /** @throws dev.meseta.manager.shared.MesetaException UNAUTHENTICATED, NO_GROUP, IDENTITY_PROVIDER_UNAVAILABLE */
    Authentication signedIn(String token) {
        Statement statement = provider.ofAccessToken(token);
        AuthenticatedUser user = signIns.byToken(statement);
        var authentication = (UsernamePasswordAuthenticationToken) SessionContexts.signedIn(user);
        authentication.setDetails(
                new Shown(statement.factors().contains(Factor.PROVIDER_SECOND) ? statement.authenticatedAt() : null));
        return authentication;
    }
}

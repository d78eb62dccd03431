package dev.meseta.manager.identity;

import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** API tokens: each may do what its owner may at the moment of use, within its own limits. */
public interface ApiTokens {

    /**
     * @param permissions null: all that the owner has
     * @param scopes empty: everywhere
     * @param preAuthorised what it does though nobody shows a factor for it
     * @param expiresAt null: never; only tokens that the manager made for itself
     * @param lastUsedAt to the minute; null: never
     */
    record Token(
            UUID id,
            UUID userId,
            String name,
            @Nullable Set<Permission> permissions,
            List<ObjectRef> scopes,
            Set<DangerousVerb> preAuthorised,
            Instant createdAt,
            @Nullable Instant expiresAt,
            @Nullable Instant lastUsedAt) {}

    /** @param secret shown this once; only its hash is kept */
    record NewToken(Token token, String secret) {
        @Override
        public String toString() {
            return "NewToken[" + token + "]";
        }
    }

    /** One's own, and those of others for who may see them; newest first. */
    List<Token> list(AuthenticatedUser user, boolean ofOthers);

    /**
     * A token of one's own.
     *
     * @param preAuthorised those that are {@linkplain DangerousVerb#isForTokens for tokens}, else VALIDATION_FAILED
     * @throws dev.meseta.manager.shared.MesetaException FORBIDDEN for a permission that the owner holds nowhere, or by a
     *     token that is itself limited; VALIDATION_FAILED for an end that is past or more than a year away
     */
    NewToken create(
            AuthenticatedUser user,
            String name,
            @Nullable Set<Permission> permissions,
            List<ObjectRef> scopes,
            Set<DangerousVerb> preAuthorised,
            Instant expiresAt);

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND also for those of others */
    Token revoke(AuthenticatedUser user, UUID tokenId);
}

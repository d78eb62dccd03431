package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AccessGrant;
import dev.meseta.manager.identity.AccessGrant.Effect;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** What API tokens are limited to, as grants that must allow as well. Never changed once a token is made, so remembered. */
@Component
class TokenLimits {

    private static final int MAX_TOKENS = 10_000;

    private final JdbcClient jdbc;
    private final Map<UUID, Optional<List<AccessGrant>>> byToken = new ConcurrentHashMap<>();

    TokenLimits(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Empty: what the owner may do. */
    Optional<List<AccessGrant>> of(UUID tokenId) {
        Optional<List<AccessGrant>> known = byToken.get(tokenId);
        if (known == null) {
            known = look(tokenId);
            if (byToken.size() >= MAX_TOKENS) {
                byToken.clear();
            }
            byToken.put(tokenId, known);
        }
        return known;
    }

    private record Row(@Nullable Set<Permission> permissions) {}

    private Optional<List<AccessGrant>> look(UUID tokenId) {
        Optional<Row> row = jdbc.sql("SELECT permissions FROM api_token WHERE id = :id")
                .param("id", tokenId)
                .query((found, number) -> {
                    var stored = found.getArray("permissions");
                    return new Row(stored == null ? null : GrantRows.known((String[]) stored.getArray()));
                })
                .optional();
        if (row.isEmpty()) {
            // Revoked meanwhile: nothing is allowed.
            return Optional.of(List.of());
        }
        List<ObjectRef> scopes = jdbc.sql("SELECT scope_kind, scope_id FROM api_token_scope WHERE token_id = :id")
                .param("id", tokenId)
                .query((found, number) -> new ObjectRef(
                        ObjectKind.valueOf(found.getString("scope_kind")), found.getObject("scope_id", UUID.class)))
                .list();
        Set<Permission> permissions = row.get().permissions();
        if (permissions == null && scopes.isEmpty()) {
            return Optional.empty();
        }
        Set<Permission> most = permissions == null ? EnumSet.allOf(Permission.class) : permissions;
        return Optional.of((scopes.isEmpty() ? List.of(ObjectRef.SYSTEM) : scopes)
                .stream()
                        .map(scope -> new AccessGrant(tokenId, "", tokenId, "API token", most, Effect.ALLOW, scope, ""))
                        .toList());
    }
}

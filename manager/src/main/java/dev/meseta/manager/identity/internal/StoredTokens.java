package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.ApiTokens;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.Secrets;
import dev.meseta.manager.shared.UuidGenerator;
import java.security.SecureRandom;
import java.sql.Array;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Tokens as rows. */
@Service
@Transactional
class StoredTokens implements ApiTokens {

    private static final Duration LONGEST = Duration.ofDays(366);
    private static final String SELECT = """
            SELECT t.*, ARRAY(SELECT scope_kind || ':' || scope_id FROM api_token_scope WHERE token_id = t.id) AS scopes
            FROM api_token t""";

    private final JdbcClient jdbc;
    private final Access access;
    private final UuidGenerator ids;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    StoredTokens(JdbcClient jdbc, Access access, UuidGenerator ids, InstantSource clock) {
        this.jdbc = jdbc;
        this.access = access;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public List<Token> list(AuthenticatedUser user, boolean ofOthers) {
        if (ofOthers) {
            access.require(Permission.TOKEN_MANAGE, ObjectRef.SYSTEM);
        }
        return jdbc.sql(SELECT + (ofOthers ? "" : " WHERE t.user_id = :user") + " ORDER BY t.created_at DESC, t.id")
                .param("user", user.id())
                .query((row, number) -> token(row))
                .list();
    }

    @Override
    public NewToken create(
            AuthenticatedUser user,
            String name,
            @Nullable Set<Permission> permissions,
            List<ObjectRef> scopes,
            Set<DangerousVerb> preAuthorised,
            Instant expiresAt) {
        Instant now = clock.instant();
        if (!expiresAt.isAfter(now) || expiresAt.isAfter(now.plus(LONGEST))) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "The end %s must be after now and within %d days.".formatted(expiresAt, LONGEST.toDays()));
        }
        if (!preAuthorised.stream().allMatch(DangerousVerb::isForTokens)) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED,
                    "No token is made for %s or %s."
                            .formatted(DangerousVerb.FACTOR_CHANGE, DangerousVerb.TOKEN_PRE_AUTHORISE));
        }
        requireUnlimited(user, expiresAt);
        if (permissions != null) {
            for (Permission permission : permissions) {
                if (!user.may(permission)) {
                    throw new MesetaException(
                            ErrorCode.FORBIDDEN,
                            "Nobody gives what they lack: you hold %s (%s) nowhere."
                                    .formatted(permission, permission.sentence()));
                }
            }
        }
        for (ObjectRef scope : scopes) {
            access.require(
                    user,
                    scope.kind() == ObjectKind.SYSTEM
                            ? Permission.TOKEN_OWN
                            : scope.kind().read(),
                    scope);
        }
        UUID id = ids.next();
        String secret = "meseta_" + Secrets.random(random);
        jdbc.sql("""
                        INSERT INTO api_token (id, user_id, name, hash, created_at, permissions, expires_at, pre_authorised)
                        VALUES (:id, :user, :name, :hash, :now, CAST(:permissions AS text[]), :expires, :verbs)""")
                .param("id", id)
                .param("user", user.id())
                .param("name", name)
                .param("hash", Secrets.hash(secret))
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("permissions", permissions == null ? null : GrantRows.names(permissions.stream()), Types.ARRAY)
                .param("expires", expiresAt.atOffset(ZoneOffset.UTC))
                .param(
                        "verbs",
                        preAuthorised.stream().sorted().map(DangerousVerb::name).collect(Collectors.joining(",")))
                .update();
        for (ObjectRef scope : Set.copyOf(scopes)) {
            jdbc.sql("INSERT INTO api_token_scope (token_id, scope_kind, scope_id) VALUES (:id, :kind, :scope)")
                    .param("id", id)
                    .param("kind", scope.kind().name())
                    .param("scope", scope.id())
                    .update();
        }
        Token made = find(id);
        AuditNotes.object(id, name);
        AuditNotes.changed(
                Map.of(),
                Map.of(
                        "name", name,
                        "expiresAt", expiresAt.toString(),
                        "permissions",
                                permissions == null
                                        ? "ALL"
                                        : permissions.stream().sorted().toList().toString(),
                        "scopes",
                                Set.copyOf(scopes).stream()
                                        .map(ObjectRef::toString)
                                        .sorted()
                                        .toList()
                                        .toString(),
                        "preAuthorised",
                                preAuthorised.stream().sorted().toList().toString()));
        return new NewToken(made, secret);
    }

    /** Otherwise a limited token would make itself an unlimited one. */
    private void requireUnlimited(AuthenticatedUser user, Instant expiresAt) {
        UUID by = user.tokenId();
        if (by == null) {
            return;
        }
        Token token = find(by);
        Instant end = token.expiresAt();
        if (token.permissions() != null || !token.scopes().isEmpty() || (end != null && expiresAt.isAfter(end))) {
            throw new MesetaException(
                    ErrorCode.FORBIDDEN,
                    "A limited API token makes no others, and none that is good for longer than itself; sign in.");
        }
    }

    @Override
    public Token revoke(AuthenticatedUser user, UUID tokenId) {
        Token token = find(tokenId);
        if (!token.userId().equals(user.id()) && !access.isAllowedEverywhere(user, Permission.TOKEN_MANAGE)) {
            throw Problems.notFound("token", tokenId);
        }
        jdbc.sql("DELETE FROM api_token WHERE id = :id").param("id", tokenId).update();
        return token;
    }

    private Token find(UUID tokenId) {
        return jdbc.sql(SELECT + " WHERE t.id = :id")
                .param("id", tokenId)
                .query((row, number) -> token(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("token", tokenId));
    }

    private static Token token(ResultSet row) throws SQLException {
        Array permissions = row.getArray("permissions");
        List<ObjectRef> scopes = new ArrayList<>();
        for (String scope : (String[]) row.getArray("scopes").getArray()) {
            int colon = scope.indexOf(':');
            scopes.add(new ObjectRef(
                    ObjectKind.valueOf(scope.substring(0, colon)), UUID.fromString(scope.substring(colon + 1))));
        }
        return new Token(
                Objects.requireNonNull(row.getObject("id", UUID.class)),
                Objects.requireNonNull(row.getObject("user_id", UUID.class)),
                row.getString("name"),
                permissions == null ? null : GrantRows.known((String[]) permissions.getArray()),
                scopes,
                verbs(row.getString("pre_authorised")),
                Objects.requireNonNull(instant(row, "created_at")),
                instant(row, "expires_at"),
                instant(row, "last_used_at"));
    }

    /** Those that this version knows. */
    private static Set<DangerousVerb> verbs(String stored) {
        List<String> names = Arrays.asList(stored.split(",", -1));
        Set<DangerousVerb> verbs = EnumSet.noneOf(DangerousVerb.class);
        Arrays.stream(DangerousVerb.values())
                .filter(DangerousVerb::isForTokens)
                .filter(verb -> names.contains(StepUpService.ALL) || names.contains(verb.name()))
                .forEach(verbs::add);
        return verbs;
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}

package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Factor;
import dev.meseta.manager.identity.Sessions;
import dev.meseta.manager.identity.SignIn;
import dev.meseta.manager.identity.SignIns.Done;
import dev.meseta.manager.identity.SignIns.Origin;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.Secrets;
import dev.meseta.manager.shared.UuidGenerator;
import java.security.SecureRandom;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Sessions as rows; what a user may do is looked up each time. */
@Repository
class StoredSessions implements Sessions {

    private static final int MAX_SECRET_CHARACTERS = 200;
    private static final int MAX_USER_AGENT_CHARACTERS = 300;

    /** Use is written down no more often. */
    private static final Duration COARSE = Duration.ofMinutes(1);

    private static final String HAS_SECOND = """
            (s.issuer IS NOT NULL OR EXISTS (SELECT FROM totp f WHERE f.user_id = s.user_id)
                OR EXISTS (SELECT FROM passkey f WHERE f.user_id = s.user_id))""";

    // A session without factors was begun by an older manager, which asks for no second one.
    private static final String OPEN =
            "s.used_at >= :usedSince AND s.created_at >= :createdSince AND (s.factors <> '' OR NOT " + HAS_SECOND + ")";

    private final JdbcClient jdbc;
    private final KnownGrants grants;
    private final InstantSource clock;
    private final UuidGenerator ids;
    private final MfaPolicy policy;
    private final Duration idle;
    private final Duration absolute;
    private final SecureRandom random = new SecureRandom();

    /**
     * @param idle a session ends when it was not used for so long
     * @param absolute a session ends after so long, however much it is used
     */
    StoredSessions(
            JdbcClient jdbc,
            KnownGrants grants,
            InstantSource clock,
            UuidGenerator ids,
            MfaPolicy policy,
            @Value("${meseta.session-idle:8h}") Duration idle,
            @Value("${meseta.session-absolute:24h}") Duration absolute) {
        this.jdbc = jdbc;
        this.grants = grants;
        this.clock = clock;
        this.ids = ids;
        this.policy = policy;
        this.idle = idle;
        this.absolute = absolute;
    }

    /** What a session is known by at the provider that began it. */
    record AtProvider(String issuer, @Nullable String session) {}

    /** Begins one of somebody who has just proved who they are. */
    Done begin(UUID userId, Set<Factor> factors, Origin origin) {
        Instant now = clock.instant();
        return begin(
                userId,
                factors,
                origin,
                factors.contains(Factor.PASSWORD) ? now : null,
                factors.stream().anyMatch(Factor::isSecond) ? now : null,
                null);
    }

    /**
     * @param firstProvedAt when the password was shown, or what the provider takes in its place
     * @param at null: the built-in realm
     */
    Done begin(
            UUID userId,
            Set<Factor> factors,
            Origin origin,
            @Nullable Instant firstProvedAt,
            @Nullable Instant secondProvedAt,
            @Nullable AtProvider at) {
        Instant now = clock.instant();
        String secret = Secrets.random(random);
        jdbc.sql("DELETE FROM user_session s WHERE used_at < :usedSince OR created_at < :createdSince")
                .param("usedSince", since(now, idle))
                .param("createdSince", since(now, absolute))
                .update();
        jdbc.sql("""
                        INSERT INTO user_session (hash, id, user_id, created_at, used_at, remote_address, user_agent, factors,
                            password_proved_at, second_proved_at, issuer, provider_session)
                        VALUES (:hash, :id, :user, :now, :now, :address, :agent, :factors,
                            CAST(:password AS timestamptz), CAST(:second AS timestamptz), :issuer, :providerSession)""")
                .param("hash", Secrets.hash(secret))
                .param("id", ids.next())
                .param("user", userId)
                .param("now", now.atOffset(ZoneOffset.UTC))
                .param("address", origin.address())
                .param("agent", printable(origin.userAgent()))
                .param("factors", text(factors))
                .param("password", firstProvedAt == null ? null : firstProvedAt.atOffset(ZoneOffset.UTC))
                .param("second", secondProvedAt == null ? null : secondProvedAt.atOffset(ZoneOffset.UTC))
                .param("issuer", at == null ? null : at.issuer(), Types.VARCHAR)
                .param("providerSession", at == null ? null : at.session(), Types.VARCHAR)
                .update();
        Row row = find(secret, now).orElseThrow(() -> new IllegalStateException("a session ended as it began"));
        return new Done(secret, row.signIn());
    }

    /** Writes down that a factor was shown in a session. */
    void proved(UUID sessionId, Factor factor) {
        String column = factor.isSecond() ? "second_proved_at" : "password_proved_at";
        jdbc.sql("""
                        UPDATE user_session SET %s = :now, factors = CASE
                            WHEN :factor = ANY (string_to_array(factors, ',')) THEN factors
                            ELSE concat_ws(',', nullif(factors, ''), :factor) END
                        WHERE id = :id""".formatted(column))
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("factor", factor.name())
                .param("id", sessionId)
                .update();
    }

    private record Row(SignIn signIn, Instant usedAt) {}

    @Override
    public Optional<SignIn> use(String secret) {
        Instant now = clock.instant();
        Optional<Row> row = find(secret, now);
        if (row.isPresent() && row.get().usedAt().isBefore(now.minus(COARSE))) {
            jdbc.sql("UPDATE user_session SET used_at = :now WHERE hash = :hash AND used_at < :now")
                    .param("now", now.atOffset(ZoneOffset.UTC))
                    .param("hash", Secrets.hash(secret))
                    .update();
        }
        return row.map(Row::signIn);
    }

    @Override
    public boolean isOpen(String secret) {
        return find(secret, clock.instant()).isPresent();
    }

    @Override
    public void end(String secret) {
        jdbc.sql("DELETE FROM user_session WHERE hash = :hash")
                .param("hash", Secrets.hash(secret))
                .update();
    }

    @Override
    public List<Session> of(AuthenticatedUser user) {
        Instant now = clock.instant();
        return jdbc.sql("SELECT s.* FROM user_session s WHERE s.user_id = :user AND " + OPEN
                        + " ORDER BY s.used_at DESC, s.id LIMIT 1000")
                .param("user", user.id())
                .param("usedSince", since(now, idle))
                .param("createdSince", since(now, absolute))
                .query((row, number) -> new Session(
                        row.getObject("id", UUID.class),
                        required(row, "created_at"),
                        required(row, "used_at"),
                        row.getString("remote_address"),
                        row.getString("user_agent"),
                        factors(row.getString("factors"))))
                .list();
    }

    @Override
    public void end(AuthenticatedUser user, UUID id) {
        int ended = jdbc.sql("DELETE FROM user_session WHERE id = :id AND user_id = :user")
                .param("id", id)
                .param("user", user.id())
                .update();
        if (ended == 0) {
            throw Problems.notFound("session of yours", id);
        }
    }

    @Override
    public void endAll(AuthenticatedUser user) {
        endAllBut(user.id(), null);
    }

    /** @param but goes on; null: none does */
    void endAllBut(UUID userId, @Nullable UUID but) {
        jdbc.sql("DELETE FROM user_session WHERE user_id = :user AND id IS DISTINCT FROM CAST(:but AS uuid)")
                .param("user", userId)
                .param("but", but)
                .update();
    }

    private Optional<Row> find(String secret, Instant now) {
        if (secret.length() > MAX_SECRET_CHARACTERS) {
            return Optional.empty();
        }
        return jdbc.sql("SELECT s.*, u.name, (SELECT epoch FROM access_epoch) AS epoch, " + HAS_SECOND
                        + " AS has_second"
                        + " FROM user_session s JOIN user_account u ON u.id = s.user_id WHERE s.hash = :hash AND NOT u.disabled AND "
                        + OPEN)
                .param("hash", Secrets.hash(secret))
                .param("usedSince", since(now, idle))
                .param("createdSince", since(now, absolute))
                .query((row, number) -> found(row))
                .optional()
                .map(this::row);
    }

    private record Found(
            UUID userId,
            String name,
            long epoch,
            UUID sessionId,
            Set<Factor> factors,
            @Nullable Instant passwordProvedAt,
            @Nullable Instant secondProvedAt,
            boolean hasSecond,
            boolean isAtProvider,
            Instant usedAt) {}

    private static Found found(ResultSet row) throws SQLException {
        return new Found(
                row.getObject("user_id", UUID.class),
                row.getString("name"),
                row.getLong("epoch"),
                row.getObject("id", UUID.class),
                factors(row.getString("factors")),
                optional(row, "password_proved_at"),
                optional(row, "second_proved_at"),
                row.getBoolean("has_second"),
                row.getString("issuer") != null,
                required(row, "used_at"));
    }

    private Row row(Found found) {
        return new Row(
                new SignIn(
                        found.sessionId(),
                        grants.user(found.userId(), found.name(), found.epoch()),
                        found.factors(),
                        found.passwordProvedAt(),
                        found.secondProvedAt(),
                        found.hasSecond(),
                        !found.hasSecond() && policy.demands(found.userId()),
                        found.isAtProvider()),
                found.usedAt());
    }

    static Instant required(ResultSet row, String column) throws SQLException {
        return row.getObject(column, OffsetDateTime.class).toInstant();
    }

    static @Nullable Instant optional(ResultSet row, String column) throws SQLException {
        OffsetDateTime at = row.getObject(column, OffsetDateTime.class);
        return at == null ? null : at.toInstant();
    }

    private static String text(Set<Factor> factors) {
        return factors.stream().map(Factor::name).collect(Collectors.joining(","));
    }

    private static Set<Factor> factors(String text) {
        Set<Factor> factors = EnumSet.noneOf(Factor.class);
        Arrays.stream(Factor.values())
                .filter(factor -> List.of(text.split(",", -1)).contains(factor.name()))
                .forEach(factors::add);
        return factors;
    }

    private static String printable(String userAgent) {
        String clean = userAgent.replaceAll("[^\\x20-\\x7e]", "");
        return clean.substring(0, Math.min(clean.length(), MAX_USER_AGENT_CHARACTERS));
    }

    private static OffsetDateTime since(Instant now, Duration ago) {
        return now.minus(ago).atOffset(ZoneOffset.UTC);
    }
}

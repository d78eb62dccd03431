package dev.meseta.manager.web.internal;

import dev.meseta.manager.certificates.Sealer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Answers given under an idempotency key. */
@Repository
public class IdempotencyStore {

    private static final Duration KEPT = Duration.ofDays(1);
    /** Longer than any request may take: a claim this old without an answer belongs to a manager that died. */
    private static final Duration CLAIM_DIES = Duration.ofMinutes(2);

    private static final Duration FORGETTING_INTERVAL = Duration.ofMinutes(10);

    private final JdbcClient jdbc;
    private final Sealer sealer;
    private final InstantSource clock;
    private final AtomicReference<Instant> forgotten = new AtomicReference<>(Instant.EPOCH);

    IdempotencyStore(JdbcClient jdbc, Sealer sealer, InstantSource clock) {
        this.jdbc = jdbc;
        this.sealer = sealer;
        this.clock = clock;
    }

    /** What was asked, by whom, under which key. */
    public record Request(String principal, String key, String methodPath, String bodyHash) {}

    /** What was answered. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Answer(
            int status,
            @Nullable String location,
            @Nullable String entityTag,
            @Nullable String contentType,
            byte[] body) {}

    /** How a key stands. */
    public sealed interface Claim {
        /** Never seen: whoever asked answers the request, and completes or abandons the claim. */
        record Mine() implements Claim {}

        record Answered(Answer answer) implements Claim {}

        record InProgress() implements Claim {}

        record OtherRequest() implements Claim {}
    }

    /** Takes the key, or tells what is known under it. */
    public Claim claim(Request request) {
        Instant now = clock.instant();
        forgetNowAndThen(now);
        if (insert(request, now)) {
            return new Claim.Mine();
        }
        // What is in the way may be over.
        forgetOld(now);
        Optional<Row> found = find(request);
        if (found.isEmpty()) {
            return insert(request, now) ? new Claim.Mine() : new Claim.InProgress();
        }
        Row row = found.get();
        if (!row.methodPath().equals(request.methodPath()) || !row.bodyHash().equals(request.bodyHash())) {
            return new Claim.OtherRequest();
        }
        if (row.answer() != null) {
            return new Claim.Answered(row.answer());
        }
        return new Claim.InProgress();
    }

    /** Keeps the answer for whoever repeats the request. */
    public void complete(Request request, Answer answer) {
        jdbc.sql("""
                        UPDATE idempotent_request SET status = :status, location = :location, entity_tag = :entityTag,
                            content_type = :contentType, body = :body WHERE principal = :principal AND key = :key""")
                .param("status", answer.status())
                .param("location", answer.location())
                .param("entityTag", answer.entityTag())
                .param("contentType", answer.contentType())
                .param("body", sealer.seal(label(request), answer.body()))
                .param("principal", request.principal())
                .param("key", request.key())
                .update();
    }

    /** Gives the key back: the request may be tried again. */
    public void abandon(Request request) {
        jdbc.sql("DELETE FROM idempotent_request WHERE principal = :principal AND key = :key AND status IS NULL")
                .param("principal", request.principal())
                .param("key", request.key())
                .update();
    }

    private boolean insert(Request request, Instant now) {
        return jdbc.sql("""
                                INSERT INTO idempotent_request (principal, key, method_path, body_hash, created_at)
                                VALUES (:principal, :key, :methodPath, :bodyHash, :now) ON CONFLICT DO NOTHING""")
                        .param("principal", request.principal())
                        .param("key", request.key())
                        .param("methodPath", request.methodPath())
                        .param("bodyHash", request.bodyHash())
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    /** Looking through all of them costs more than the request. */
    private void forgetNowAndThen(Instant now) {
        Instant last = forgotten.get();
        if (!now.isBefore(last.plus(FORGETTING_INTERVAL)) && forgotten.compareAndSet(last, now)) {
            forgetOld(now);
        }
    }

    private void forgetOld(Instant now) {
        jdbc.sql("""
                        DELETE FROM idempotent_request
                        WHERE created_at < :oldest OR (status IS NULL AND created_at < :oldestClaim)""")
                .param("oldest", now.minus(KEPT).atOffset(ZoneOffset.UTC))
                .param("oldestClaim", now.minus(CLAIM_DIES).atOffset(ZoneOffset.UTC))
                .update();
    }

    private record Row(
            String methodPath, String bodyHash, @Nullable Answer answer) {}

    private Optional<Row> find(Request request) {
        return jdbc.sql("SELECT * FROM idempotent_request WHERE principal = :principal AND key = :key")
                .param("principal", request.principal())
                .param("key", request.key())
                .query((row, number) ->
                        new Row(row.getString("method_path"), row.getString("body_hash"), answerOf(request, row)))
                .optional();
    }

    private @Nullable Answer answerOf(Request request, ResultSet row) throws SQLException {
        int status = row.getInt("status");
        if (row.wasNull()) {
            return null;
        }
        return new Answer(
                status,
                row.getString("location"),
                row.getString("entity_tag"),
                row.getString("content_type"),
                sealer.open(label(request), row.getBytes("body")));
    }

    private static String label(Request request) {
        return "idempotent-request/" + request.principal() + "/" + request.key();
    }
}

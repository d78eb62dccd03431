package dev.meseta.manager.web.internal;

import dev.meseta.manager.certificates.Sealer;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Answers given under an idempotency key. */
@Repository
public class IdempotencyStore {

    private static final Duration KEPT = Duration.ofDays(1);
    /**
     * A claim this old without an answer is taken over: its manager has died or does not get on. Whatever it may still do
     * takes nothing in, see {@link #became}.
     */
    private static final Duration CLAIM_DIES = Duration.ofSeconds(15);

    private static final Duration FORGETTING_INTERVAL = Duration.ofMinutes(10);

    private final JdbcClient jdbc;
    private final Sealer sealer;
    private final InstantSource clock;
    private final UuidGenerator ids;
    private final AtomicReference<Instant> forgotten = new AtomicReference<>(Instant.EPOCH);

    IdempotencyStore(JdbcClient jdbc, Sealer sealer, InstantSource clock, UuidGenerator ids) {
        this.ids = ids;
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
        /**
         * Whoever asked answers the request, and completes or abandons the claim.
         *
         * @param attempt names this claim among those of the request
         */
        record Mine(UUID attempt) implements Claim {}

        record Answered(Answer answer) implements Claim {}

        /** It was taken in as this task; who did so could not say it. */
        record Became(UUID taskId) implements Claim {}

        record InProgress() implements Claim {}

        record OtherRequest() implements Claim {}
    }

    /** Takes the key, or tells what is known under it. */
    public Claim claim(Request request) {
        Instant now = clock.instant();
        forgetNowAndThen(now);
        UUID attempt = ids.next();
        if (insert(request, attempt, now)) {
            return new Claim.Mine(attempt);
        }
        // What is in the way may be over.
        forgetOld(now);
        Optional<Row> found = find(request);
        if (found.isEmpty()) {
            return insert(request, attempt, now) ? new Claim.Mine(attempt) : new Claim.InProgress();
        }
        Row row = found.get();
        if (!row.methodPath().equals(request.methodPath()) || !row.bodyHash().equals(request.bodyHash())) {
            return new Claim.OtherRequest();
        }
        if (row.answer() != null) {
            return new Claim.Answered(row.answer());
        }
        if (row.taskId() != null) {
            return new Claim.Became(row.taskId());
        }
        return takeOver(request, attempt, now) ? new Claim.Mine(attempt) : new Claim.InProgress();
    }

    /**
     * Notes, in the transaction that stores the task, what a request has become.
     *
     * @throws MesetaException REQUEST_IN_PROGRESS when somebody else has taken the claim over
     */
    public void became(Request request, UUID attempt, UUID taskId) {
        int mine = jdbc.sql("""
                        UPDATE idempotent_request SET task_id = coalesce(task_id, :taskId)
                        WHERE principal = :principal AND key = :key AND attempt = :attempt""")
                .param("taskId", taskId)
                .param("principal", request.principal())
                .param("key", request.key())
                .param("attempt", attempt)
                .update();
        if (mine == 0) {
            throw new MesetaException(
                    ErrorCode.REQUEST_IN_PROGRESS,
                    "This request took so long that it is answered by somebody else; ask again in a moment.");
        }
    }

    /** Keeps the answer for whoever repeats the request. */
    public void complete(Request request, UUID attempt, Answer answer) {
        jdbc.sql("""
                        UPDATE idempotent_request SET status = :status, location = :location, entity_tag = :entityTag,
                            content_type = :contentType, body = :body
                        WHERE principal = :principal AND key = :key AND attempt = :attempt""")
                .param("attempt", attempt)
                .param("status", answer.status())
                .param("location", answer.location())
                .param("entityTag", answer.entityTag())
                .param("contentType", answer.contentType())
                .param("body", sealer.seal(label(request), answer.body()))
                .param("principal", request.principal())
                .param("key", request.key())
                .update();
    }

    /** Gives the key back: the request may be tried again, unless it became a task. */
    public void abandon(Request request, UUID attempt) {
        jdbc.sql("""
                        DELETE FROM idempotent_request WHERE principal = :principal AND key = :key
                            AND attempt = :attempt AND status IS NULL AND task_id IS NULL""")
                .param("attempt", attempt)
                .param("principal", request.principal())
                .param("key", request.key())
                .update();
    }

    private boolean takeOver(Request request, UUID attempt, Instant now) {
        return jdbc.sql("""
                                UPDATE idempotent_request SET attempt = :attempt, created_at = :now
                                WHERE principal = :principal AND key = :key AND status IS NULL AND task_id IS NULL
                                    AND created_at < :oldestClaim""")
                        .param("attempt", attempt)
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .param("principal", request.principal())
                        .param("key", request.key())
                        .param("oldestClaim", now.minus(CLAIM_DIES).atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    private boolean insert(Request request, UUID attempt, Instant now) {
        return jdbc.sql("""
                                INSERT INTO idempotent_request
                                    (principal, key, method_path, body_hash, attempt, created_at)
                                VALUES (:principal, :key, :methodPath, :bodyHash, :attempt, :now)
                                ON CONFLICT DO NOTHING""")
                        .param("attempt", attempt)
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
        jdbc.sql("DELETE FROM idempotent_request WHERE created_at < :oldest")
                .param("oldest", now.minus(KEPT).atOffset(ZoneOffset.UTC))
                .update();
    }

    private record Row(
            String methodPath,
            String bodyHash,
            @Nullable Answer answer,
            @Nullable UUID taskId) {}

    private Optional<Row> find(Request request) {
        return jdbc.sql("SELECT * FROM idempotent_request WHERE principal = :principal AND key = :key")
                .param("principal", request.principal())
                .param("key", request.key())
                .query((row, number) -> new Row(
                        row.getString("method_path"),
                        row.getString("body_hash"),
                        answerOf(request, row),
                        row.getObject("task_id", UUID.class)))
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

package dev.meseta.agent.operations;

import dev.meseta.agent.errors.AgentException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What comes with every mutation beside its own data.
 *
 * @param operationId the same id again means "tell me how it went"
 * @param fencingEpoch epoch of the manager's ownership of this host
 * @param deadline after it the work need not begin, and is given up where that is safe
 * @param correlationId the request that all this began with
 * @param requestedBy the user's name, for the log
 * @param answerWithin how long the caller likes to wait for the end; zero: not at all
 */
public record OperationRequest(
        String operationId,
        long fencingEpoch,
        Optional<Instant> deadline,
        String correlationId,
        String requestedBy,
        Duration answerWithin) {

    private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
    private static final Pattern OPERATION_ID = Pattern.compile("[A-Za-z0-9._:-]{1,200}");

    public OperationRequest {
        if (!OPERATION_ID.matcher(operationId).matches()) {
            throw AgentException.validation("operation_id must be 1 to 200 characters of [A-Za-z0-9._:-]");
        }
        if (fencingEpoch < 0) {
            throw AgentException.validation("fencing_epoch must not be negative, but is " + fencingEpoch);
        }
        if (answerWithin.isNegative() || answerWithin.compareTo(LONGEST_WAIT) > 0) {
            throw AgentException.validation(
                    "answer_within_ms must be 0 to " + LONGEST_WAIT.toMillis() + ", but is " + answerWithin.toMillis());
        }
    }
}

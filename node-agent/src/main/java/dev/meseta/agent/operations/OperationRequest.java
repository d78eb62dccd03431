package dev.meseta.agent.operations;

import dev.meseta.agent.errors.AgentException;
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
 */
public record OperationRequest(
        String operationId, long fencingEpoch, Optional<Instant> deadline, String correlationId, String requestedBy) {

    private static final Pattern OPERATION_ID = Pattern.compile("[A-Za-z0-9._:-]{1,200}");

    public OperationRequest {
        if (!OPERATION_ID.matcher(operationId).matches()) {
            throw AgentException.validation("operation_id must be 1 to 200 characters of [A-Za-z0-9._:-]");
        }
        if (fencingEpoch < 0) {
            throw AgentException.validation("fencing_epoch must not be negative, but is " + fencingEpoch);
        }
    }
}

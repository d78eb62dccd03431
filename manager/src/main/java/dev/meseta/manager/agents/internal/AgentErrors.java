package dev.meseta.manager.agents.internal;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.meseta.manager.shared.ErrorCategory;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The one place where errors cross between gRPC and the manager's codes. */
final class AgentErrors {

    private static final String DOMAIN = "meseta.dev";
    private static final Map<String, ErrorCode> CODES =
            Arrays.stream(ErrorCode.values()).collect(Collectors.toMap(Enum::name, Function.identity()));

    private AgentErrors() {}

    /** What a failed call to an agent means. */
    static MesetaException fromCall(UUID hostId, StatusRuntimeException failure) {
        Status status = StatusProto.fromThrowable(failure);
        if (status != null && reason(status).isPresent()) {
            Failure known = failure(status);
            return new MesetaException(known.code(), known.detail(), failure);
        }
        String description =
                Optional.ofNullable(failure.getStatus().getDescription()).orElse("no description");
        return switch (failure.getStatus().getCode()) {
            // CANCELLED: this side gave up waiting (interrupted); as with the others nobody knows what the agent did.
            case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED ->
                new MesetaException(
                        ErrorCode.HOST_UNREACHABLE,
                        "The agent of host %s does not answer: %s".formatted(hostId, description),
                        failure);
            default ->
                new MesetaException(
                        ErrorCode.AGENT_ERROR,
                        "The agent of host %s refused the call with %s: %s"
                                .formatted(hostId, failure.getStatus().getCode(), description),
                        failure);
        };
    }

    /** What a failed operation reports. */
    static Failure failure(Status status) {
        String reason = reason(status).orElse("");
        ErrorCode code = CODES.get(reason);
        // An agent that refuses the manager is no refusal of the user: 401 and 403 are never passed on.
        if (code != null && code.category() != ErrorCategory.PERMISSION) {
            return new Failure(code, status.getMessage());
        }
        String detail = reason.isEmpty() ? status.getMessage() : reason + ": " + status.getMessage();
        return new Failure(ErrorCode.AGENT_ERROR, detail);
    }

    /** What a caller of the manager's own gRPC server is told. */
    static StatusRuntimeException toCaller(MesetaException problem) {
        String message = problem.getMessage() == null ? problem.code().name() : problem.getMessage();
        return StatusProto.toStatusRuntimeException(Status.newBuilder()
                .setCode(grpcCode(problem.code()).getNumber())
                .setMessage(message)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(problem.code().name())
                        .setDomain(DOMAIN)
                        .build()))
                .build());
    }

    private static Code grpcCode(ErrorCode code) {
        return switch (code) {
            case MALFORMED_REQUEST, VALIDATION_FAILED -> Code.INVALID_ARGUMENT;
            case ENROLMENT_TOKEN_INVALID, FORBIDDEN -> Code.PERMISSION_DENIED;
            case UNAUTHENTICATED -> Code.UNAUTHENTICATED;
            case NOT_FOUND -> Code.NOT_FOUND;
            case NAME_TAKEN -> Code.ALREADY_EXISTS;
            case TOO_MANY_REQUESTS -> Code.RESOURCE_EXHAUSTED;
            default -> code.category() == ErrorCategory.INTERNAL ? Code.INTERNAL : Code.FAILED_PRECONDITION;
        };
    }

    private static Optional<String> reason(Status status) {
        for (Any detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    String reason = detail.unpack(ErrorInfo.class).getReason();
                    return reason.isEmpty() ? Optional.empty() : Optional.of(reason);
                } catch (InvalidProtocolBufferException unreadable) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    /** A code of ours and what the agent said. */
    record Failure(ErrorCode code, String detail) {}
}

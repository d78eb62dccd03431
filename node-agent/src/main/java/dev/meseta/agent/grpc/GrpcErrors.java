package dev.meseta.agent.grpc;

import com.google.protobuf.Any;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.rpc.Code;
import com.google.rpc.ErrorInfo;
import com.google.rpc.Status;
import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.errors.Failures;
import io.grpc.StatusRuntimeException;
import io.grpc.protobuf.StatusProto;
import java.util.Optional;

/** The one place where the agent's errors and gRPC's meet. */
final class GrpcErrors {

    private static final System.Logger LOG = System.getLogger(GrpcErrors.class.getName());
    private static final String DOMAIN = "meseta.dev";

    private GrpcErrors() {}

    /** What a caller is told; the log gets what it is not. */
    static StatusRuntimeException toCaller(Throwable thrown) {
        if (thrown instanceof StatusRuntimeException ready) {
            return ready;
        }
        AgentException failure = Failures.of(thrown);
        if (failure.code() == AgentErrorCode.AGENT_ERROR) {
            LOG.log(System.Logger.Level.ERROR, "A call failed", thrown);
        }
        return StatusProto.toStatusRuntimeException(status(failure.code(), failure.detail()));
    }

    static Status status(AgentErrorCode code, String detail) {
        return Status.newBuilder()
                .setCode(grpcCode(code).getNumber())
                .setMessage(detail)
                .addDetails(Any.pack(ErrorInfo.newBuilder()
                        .setReason(code.name())
                        .setDomain(DOMAIN)
                        .build()))
                .build();
    }

    /** The reason of a failed call of ours, or the gRPC code when the other side gave none. */
    static String reason(StatusRuntimeException failure) {
        return errorInfo(failure)
                .map(ErrorInfo::getReason)
                .filter(reason -> !reason.isEmpty())
                .orElse(failure.getStatus().getCode().name());
    }

    /** One line; for a broken connection what broke it. */
    static String description(StatusRuntimeException failure) {
        Throwable root = failure;
        for (Throwable cause = root.getCause(); cause != null; cause = cause.getCause()) {
            root = cause;
        }
        String description = failure.getStatus().getDescription();
        String text = !root.equals(failure) && root.getMessage() != null ? root.getMessage() : description;
        return text == null
                ? failure.getStatus().getCode().name()
                : text.lines().findFirst().orElse("");
    }

    private static Optional<ErrorInfo> errorInfo(StatusRuntimeException failure) {
        Status status = StatusProto.fromThrowable(failure);
        if (status == null) {
            return Optional.empty();
        }
        for (Any detail : status.getDetailsList()) {
            if (detail.is(ErrorInfo.class)) {
                try {
                    return Optional.of(detail.unpack(ErrorInfo.class));
                } catch (InvalidProtocolBufferException e) {
                    return Optional.empty();
                }
            }
        }
        return Optional.empty();
    }

    private static Code grpcCode(AgentErrorCode code) {
        return switch (code) {
            case VALIDATION_FAILED, IMAGE_INVALID -> Code.INVALID_ARGUMENT;
            case UNAUTHENTICATED, PEER_NOT_TRUSTED -> Code.UNAUTHENTICATED;
            case FORBIDDEN, ENROLMENT_FAILED -> Code.PERMISSION_DENIED;
            case NOT_FOUND, IMAGE_NOT_FOUND -> Code.NOT_FOUND;
            case IDEMPOTENCY_KEY_REUSED, DOMAIN_EXISTS -> Code.ALREADY_EXISTS;
            case FENCED, OBJECT_IN_USE, VM_NOT_RUNNING, MIGRATION_NOT_RUNNING, MIGRATION_NOT_PREPARED ->
                Code.FAILED_PRECONDITION;
            case DEADLINE_EXCEEDED, GUEST_DID_NOT_STOP, TOOL_TIMEOUT -> Code.DEADLINE_EXCEEDED;
            case CANCELLED, MIGRATION_CANCELLED -> Code.CANCELLED;
            case NOT_SUPPORTED -> Code.UNIMPLEMENTED;
            case STORAGE_FULL -> Code.RESOURCE_EXHAUSTED;
            case HYPERVISOR_UNAVAILABLE -> Code.UNAVAILABLE;
            case DOMAIN_START_FAILED,
                    MIGRATION_FAILED,
                    OUTCOME_UNKNOWN,
                    HYPERVISOR_ERROR,
                    STORAGE_UNAVAILABLE,
                    NETWORK_ERROR,
                    AGENT_ERROR -> Code.INTERNAL;
        };
    }
}

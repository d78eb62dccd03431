package dev.meseta.manager.shared;

/**
 * Every error code there is. The same words appear in problem+json, in tasks, in events, in the audit log and in {@code
 * ErrorInfo.reason} on the wire. Codes are never renamed.
 */
public enum ErrorCode {
    MALFORMED_REQUEST(ErrorCategory.USER, 400),
    VALIDATION_FAILED(ErrorCategory.USER, 400),
    REQUEST_TOO_LARGE(ErrorCategory.USER, 413),
    UNSUPPORTED_MEDIA_TYPE(ErrorCategory.USER, 415),
    METHOD_NOT_ALLOWED(ErrorCategory.USER, 405),
    UNAUTHENTICATED(ErrorCategory.PERMISSION, 401),
    FORBIDDEN(ErrorCategory.PERMISSION, 403),
    /** A factor must be shown again first. */
    STEP_UP_REQUIRED(ErrorCategory.PERMISSION, 403),
    /** A second factor must be enrolled before anything else. */
    MFA_ENROLMENT_REQUIRED(ErrorCategory.PERMISSION, 403),
    /** What was shown to prove who one is was wrong, or was shown before. */
    FACTOR_WRONG(ErrorCategory.PERMISSION, 403),
    /** It is the last one of somebody who must have one. */
    FACTOR_REQUIRED(ErrorCategory.USER, 422),
    /** The identity provider says of no group that Meseta knows that they are in it. */
    NO_GROUP(ErrorCategory.PERMISSION, 403),
    IDENTITY_PROVIDER_UNAVAILABLE(ErrorCategory.AGENT, 503),
    NOT_FOUND(ErrorCategory.USER, 404),
    NAME_TAKEN(ErrorCategory.CONFLICT, 409),
    TASK_IN_PROGRESS(ErrorCategory.CONFLICT, 409),
    IDEMPOTENCY_KEY_REUSED(ErrorCategory.CONFLICT, 409),
    REQUEST_IN_PROGRESS(ErrorCategory.CONFLICT, 409),
    /** Some parts of a task did not succeed. */
    ITEMS_FAILED(ErrorCategory.CONFLICT, 409),
    OBJECT_IN_USE(ErrorCategory.CONFLICT, 409),
    STALE_VERSION(ErrorCategory.CONFLICT, 412),
    IMAGE_NOT_FOUND(ErrorCategory.USER, 422),
    IMAGE_NOT_READY(ErrorCategory.USER, 422),
    IMAGE_INVALID(ErrorCategory.USER, 422),
    NOT_ENOUGH_CAPACITY(ErrorCategory.CAPACITY, 422),
    NO_SUITABLE_HOST(ErrorCategory.CAPACITY, 422),
    ADDRESSES_EXHAUSTED(ErrorCategory.CAPACITY, 422),
    VM_NOT_RUNNING(ErrorCategory.USER, 422),
    VM_RUNNING(ErrorCategory.USER, 422),
    /** Somebody protected the VM from being deleted. */
    VM_PROTECTED(ErrorCategory.USER, 422),
    /** The VM was not made by Meseta: it is shown and never touched. */
    VM_EXTERNAL(ErrorCategory.USER, 422),
    /** The VM's host does not have it any more; it will count as down soon. */
    VM_MISSING(ErrorCategory.CONFLICT, 409),
    NOT_MIGRATING(ErrorCategory.USER, 422),
    SAME_HOST(ErrorCategory.USER, 422),
    HOST_IN_MAINTENANCE(ErrorCategory.USER, 422),
    HOST_NOT_UP(ErrorCategory.CAPACITY, 422),
    CONSOLE_TICKET_INVALID(ErrorCategory.PERMISSION, 403),
    ENROLMENT_TOKEN_INVALID(ErrorCategory.PERMISSION, 403),
    TOO_MANY_REQUESTS(ErrorCategory.USER, 429),
    HOST_UNREACHABLE(ErrorCategory.AGENT, 503),
    FENCED(ErrorCategory.AGENT, 409),
    DEADLINE_EXCEEDED(ErrorCategory.AGENT, 504),
    CANCELLED(ErrorCategory.USER, 409),
    MIGRATION_FAILED(ErrorCategory.AGENT, 500),
    MIGRATION_CANCELLED(ErrorCategory.USER, 409),
    OUTCOME_UNKNOWN(ErrorCategory.AGENT, 500),
    DOMAIN_START_FAILED(ErrorCategory.AGENT, 500),
    GUEST_DID_NOT_STOP(ErrorCategory.AGENT, 504),
    DOMAIN_EXISTS(ErrorCategory.CONFLICT, 409),
    DOMAIN_NOT_FOUND(ErrorCategory.AGENT, 409),
    DOMAIN_NOT_RUNNING(ErrorCategory.AGENT, 409),
    MIGRATION_NOT_RUNNING(ErrorCategory.USER, 409),
    MIGRATION_NOT_PREPARED(ErrorCategory.AGENT, 409),
    NOT_SUPPORTED(ErrorCategory.AGENT, 422),
    HYPERVISOR_UNAVAILABLE(ErrorCategory.AGENT, 503),
    HYPERVISOR_ERROR(ErrorCategory.AGENT, 500),
    STORAGE_UNAVAILABLE(ErrorCategory.AGENT, 503),
    STORAGE_FULL(ErrorCategory.CAPACITY, 507),
    NETWORK_ERROR(ErrorCategory.AGENT, 500),
    TOOL_TIMEOUT(ErrorCategory.AGENT, 504),
    PEER_NOT_TRUSTED(ErrorCategory.AGENT, 500),
    AGENT_ERROR(ErrorCategory.AGENT, 500),
    INTERNAL(ErrorCategory.INTERNAL, 500);

    private final ErrorCategory category;
    private final int httpStatus;

    ErrorCode(ErrorCategory category, int httpStatus) {
        this.category = category;
        this.httpStatus = httpStatus;
    }

    public ErrorCategory category() {
        return category;
    }

    /** Status of the REST answer that carries this code. */
    public int httpStatus() {
        return httpStatus;
    }
}

package dev.meseta.agent.errors;

/**
 * Stable codes; they travel in {@code ErrorInfo.reason} and, where the manager knows the same word, on to problem+json.
 * Never renamed.
 */
public enum AgentErrorCode {
    /** The request says something that cannot be meant. */
    VALIDATION_FAILED,
    /** No certificate, or one that is not of this installation. */
    UNAUTHENTICATED,
    /** A valid certificate with the wrong role or of the wrong host. */
    FORBIDDEN,
    /** No such object on this host. */
    NOT_FOUND,
    /** The caller's epoch is older than one this agent has seen. */
    FENCED,
    /** The operation id was used before for something else. */
    IDEMPOTENCY_KEY_REUSED,
    /** The deadline passed before the work began or while it could still be given up. */
    DEADLINE_EXCEEDED,
    /** Stopped on request. */
    CANCELLED,
    DOMAIN_EXISTS,
    DOMAIN_START_FAILED,
    VM_NOT_RUNNING,
    GUEST_DID_NOT_STOP,
    MIGRATION_FAILED,
    MIGRATION_CANCELLED,
    MIGRATION_NOT_RUNNING,
    /** There is no such preparation at this target, or it has expired. */
    MIGRATION_NOT_PREPARED,
    OUTCOME_UNKNOWN,
    NOT_SUPPORTED,
    HYPERVISOR_UNAVAILABLE,
    HYPERVISOR_ERROR,
    IMAGE_NOT_FOUND,
    IMAGE_INVALID,
    /** Still used by something else on the storage. */
    OBJECT_IN_USE,
    /** The directory is not there, not writable, or belongs to another storage domain. */
    STORAGE_UNAVAILABLE,
    STORAGE_FULL,
    /** The kernel refused a bridge, a VXLAN device or an entry of one. */
    NETWORK_ERROR,
    /** A program the agent calls took too long and was ended. */
    TOOL_TIMEOUT,
    /** The manager did not accept the join or the renewal. */
    ENROLMENT_FAILED,
    /** The server at the manager's address is not the one the fingerprint or the certificate names. */
    PEER_NOT_TRUSTED,
    /** Anything the agent did not expect; its log has the details. */
    AGENT_ERROR
}

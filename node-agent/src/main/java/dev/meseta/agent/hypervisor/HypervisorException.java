package dev.meseta.agent.hypervisor;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** The hypervisor refused or failed. Branch on {@link #code()}, never on the message. */
public final class HypervisorException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final Code code;

    public HypervisorException(Code code, String message) {
        this(code, message, null);
    }

    public HypervisorException(Code code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public Code code() {
        return code;
    }

    /** Stable codes; the same words travel in {@code ErrorInfo.reason} and problem+json. */
    public enum Code {
        DOMAIN_EXISTS,
        DOMAIN_NOT_FOUND,
        DOMAIN_NOT_RUNNING,
        DOMAIN_START_FAILED,
        MIGRATION_CANCELLED,
        MIGRATION_FAILED,
        MIGRATION_NOT_RUNNING,
        OUTCOME_UNKNOWN,
        NOT_SUPPORTED,
        HYPERVISOR_UNAVAILABLE,
        HYPERVISOR_ERROR
    }
}

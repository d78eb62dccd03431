package dev.meseta.agent.errors;

import java.io.Serial;
import org.jspecify.annotations.Nullable;

/** A failure with a stable code and a sentence that says what was wrong, with which value. Branch on the code. */
public final class AgentException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final AgentErrorCode code;

    public AgentException(AgentErrorCode code, String message) {
        this(code, message, null);
    }

    public AgentException(AgentErrorCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    public AgentErrorCode code() {
        return code;
    }

    /** The sentence; never null, unlike {@link #getMessage()}. */
    public String detail() {
        String message = getMessage();
        return message == null ? code.name() : message;
    }

    public static AgentException validation(String message) {
        return new AgentException(AgentErrorCode.VALIDATION_FAILED, message);
    }
}

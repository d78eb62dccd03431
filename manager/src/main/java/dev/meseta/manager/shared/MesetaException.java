package dev.meseta.manager.shared;

import java.io.Serial;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Something was refused or failed. The message says what was wrong, with which value, and what to do. */
public final class MesetaException extends RuntimeException {

    @Serial
    private static final long serialVersionUID = 1L;

    private final ErrorCode code;
    private final transient List<FieldError> fieldErrors;
    private final transient List<String> factors;

    public MesetaException(ErrorCode code, String message) {
        this(code, message, List.of(), null);
    }

    public MesetaException(ErrorCode code, String message, @Nullable Throwable cause) {
        this(code, message, List.of(), cause);
    }

    public MesetaException(ErrorCode code, String message, List<FieldError> fieldErrors, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
        this.fieldErrors = List.copyOf(fieldErrors);
        this.factors = List.of();
    }

    private MesetaException(ErrorCode code, String message, List<String> factors) {
        super(message);
        this.code = code;
        this.fieldErrors = List.of();
        this.factors = List.copyOf(factors);
    }

    /** @param factors what would do */
    public static MesetaException stepUpRequired(String message, List<String> factors) {
        return new MesetaException(ErrorCode.STEP_UP_REQUIRED, message, factors);
    }

    /** Never null, so that it can be shown without asking. */
    @Override
    public String getMessage() {
        return Objects.requireNonNullElse(super.getMessage(), code.name());
    }

    public ErrorCode code() {
        return code;
    }

    public List<FieldError> fieldErrors() {
        return fieldErrors;
    }

    /** What somebody could prove who they are with, to be let; empty when that is not what is missing. */
    public List<String> factors() {
        return factors;
    }

    /** One bad field of a request: its JSON path and what to do about it. */
    public record FieldError(String field, String message) {}
}

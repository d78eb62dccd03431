package dev.meseta.manager.lifecycle.web;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Collects what is wrong with a request, field by field, so that all of it is told at once. */
final class FieldChecks {

    /** For the description too, and therefore with its ends. */
    static final String NAME_PATTERN = "^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$";

    private static final Pattern NAME = Pattern.compile(NAME_PATTERN);

    private final List<FieldError> errors = new ArrayList<>();

    @Nullable String name(String field, @Nullable String value) {
        if (value == null || !NAME.matcher(value).matches()) {
            errors.add(
                    new FieldError(
                            field,
                            "A name is 1 to 63 letters (A to Z), digits, dots, underscores and hyphens, and begins with a letter or digit."));
        }
        return value;
    }

    <T> @Nullable T required(String field, @Nullable T value) {
        if (value == null) {
            errors.add(new FieldError(field, "This field is required."));
        }
        return value;
    }

    void range(String field, @Nullable Long value, long least, long most) {
        if (value != null && (value < least || value > most)) {
            errors.add(new FieldError(field, "%d is not between %d and %d.".formatted(value, least, most)));
        }
    }

    void size(String field, int size, int least, int most) {
        if (size < least || size > most) {
            errors.add(
                    new FieldError(field, "This has %d entries; %d to %d are allowed.".formatted(size, least, most)));
        }
    }

    void length(String field, @Nullable String value, int most) {
        if (value != null && value.length() > most) {
            errors.add(new FieldError(
                    field, "This has %d characters; at most %d are allowed.".formatted(value.length(), most)));
        }
    }

    void throwIfAny() {
        if (!errors.isEmpty()) {
            String fields = errors.stream().map(FieldError::field).distinct().collect(Collectors.joining(", "));
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED, "These fields are not right: " + fields + ".", errors, null);
        }
    }
}

package dev.meseta.manager.identity.web;

import dev.meseta.manager.identity.ObjectKind;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** What requests about access have in common. */
final class AccessChecks {

    static final String NAME = "[A-Za-z0-9][A-Za-z0-9._@-]{0,62}";
    static final String NAME_MESSAGE =
            "must be 1 to 63 letters, digits, dots, dashes, underscores or @, a letter or digit first";
    static final String TAG = "|[A-Za-z0-9][A-Za-z0-9._-]{0,62}";

    private AccessChecks() {}

    /** {@code SYSTEM}, or a kind and an id with a colon between them. */
    static ObjectRef object(String text) {
        int colon = text.indexOf(':');
        try {
            ObjectKind kind =
                    ObjectKind.valueOf((colon < 0 ? text : text.substring(0, colon)).toUpperCase(Locale.ROOT));
            if (kind == ObjectKind.SYSTEM) {
                return ObjectRef.SYSTEM;
            }
            if (colon >= 0) {
                return new ObjectRef(kind, UUID.fromString(text.substring(colon + 1)));
            }
        } catch (IllegalArgumentException e) {
            // Falls through to the refusal below.
        }
        throw refused(
                "object", "must be SYSTEM, or a kind and an id, for instance VM:0198c0de-0000-7000-8000-000000000000");
    }

    static ObjectRef scope(ObjectKind kind, @Nullable UUID id) {
        if (kind == ObjectKind.SYSTEM) {
            return ObjectRef.SYSTEM;
        }
        if (id == null) {
            throw refused("scopeId", "is needed for every kind of object but SYSTEM");
        }
        return new ObjectRef(kind, id);
    }

    static MesetaException refused(String field, String message) {
        return new MesetaException(
                ErrorCode.VALIDATION_FAILED, field + ": " + message, List.of(new FieldError(field, message)), null);
    }
}

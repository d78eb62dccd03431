package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.util.List;

/** Names that nothing else of the kind may have. */
final class Names {

    private Names() {}

    static MesetaException taken(String kind, String name) {
        String message = "There is already a %s named %s; choose another name.".formatted(kind, name);
        return new MesetaException(ErrorCode.NAME_TAKEN, message, List.of(new FieldError("name", message)), null);
    }
}

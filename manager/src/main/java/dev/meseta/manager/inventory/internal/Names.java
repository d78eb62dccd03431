package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import jakarta.persistence.EntityManager;
import java.util.List;
import org.hibernate.exception.ConstraintViolationException;

/** Names that nothing else of the kind may have. */
final class Names {

    private Names() {}

    static MesetaException taken(String kind, String name) {
        String message = "There is already a %s named %s; choose another name.".formatted(kind, name);
        return new MesetaException(ErrorCode.NAME_TAKEN, message, List.of(new FieldError("name", message)), null);
    }

    /** Writes what is pending; the database has the last word about names when two ask at once. */
    static void flush(EntityManager entities, String kind, String name, String constraint) {
        try {
            entities.flush();
        } catch (ConstraintViolationException e) {
            if (constraint.equals(e.getConstraintName())) {
                throw taken(kind, name);
            }
            throw e;
        }
    }
}

package dev.meseta.manager.shared;

import java.util.UUID;

/** The refusals that every module says in the same words. */
public final class Problems {

    private Problems() {}

    public static MesetaException notFound(String kind, UUID id) {
        return new MesetaException(
                ErrorCode.NOT_FOUND, "There is no %s with the id %s. It may have been deleted.".formatted(kind, id));
    }
}

package dev.meseta.manager.shared.web;

import java.net.URI;
import java.util.UUID;
import org.springframework.http.ResponseEntity;

/** Paths and answers that every controller shares. */
public final class Api {

    /** Everything of the REST API lies under it. */
    public static final String BASE = "/api/v1";

    private Api() {}

    /** 202 with the task as body and its place in {@code Location}. */
    public static <T> ResponseEntity<T> accepted(UUID taskId, T task) {
        return ResponseEntity.accepted()
                .location(URI.create(BASE + "/tasks/" + taskId))
                .body(task);
    }

    /** 200 with the object's version as {@code ETag}. */
    public static <T> ResponseEntity<T> versioned(long version, T body) {
        return ResponseEntity.ok().eTag(Versions.entityTag(version)).body(body);
    }
}

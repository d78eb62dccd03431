package dev.meseta.manager.storage.internal;

import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What image tasks change when they end; joins the transaction of the step. */
@Repository
class ImageRows {

    static final String KIND = "image";

    private final JdbcClient jdbc;
    private final EventPublisher events;

    ImageRows(JdbcClient jdbc, EventPublisher events) {
        this.jdbc = jdbc;
        this.events = events;
    }

    void ready(UUID imageId, long virtualSizeBytes) {
        jdbc.sql("""
                        UPDATE image SET status = 'READY', virtual_size_bytes = :size, version = version + 1
                        WHERE id = :id
                        """).param("size", virtualSizeBytes).param("id", imageId).update();
        events.publish(EventDraft.changed(KIND, imageId));
    }

    void failed(UUID imageId) {
        jdbc.sql("UPDATE image SET status = 'FAILED', version = version + 1 WHERE id = :id")
                .param("id", imageId)
                .update();
        events.publish(EventDraft.changed(KIND, imageId));
    }

    void removed(UUID imageId) {
        jdbc.sql("DELETE FROM image WHERE id = :id").param("id", imageId).update();
        events.publish(EventDraft.changed(KIND, imageId));
    }
}

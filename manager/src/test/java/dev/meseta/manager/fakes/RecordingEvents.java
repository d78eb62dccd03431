package dev.meseta.manager.fakes;

import dev.meseta.manager.shared.EventPublisher;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Keeps what was told. */
public final class RecordingEvents implements EventPublisher {

    public final List<EventDraft> published = new ArrayList<>();

    @Override
    public void publish(EventDraft event) {
        published.add(event);
    }

    @Override
    public void publishVolatile(String kind, String objectKind, UUID objectId, Map<String, Object> data) {
        // Nobody watches.
    }

    public List<String> codes() {
        return published.stream().map(EventDraft::code).toList();
    }
}

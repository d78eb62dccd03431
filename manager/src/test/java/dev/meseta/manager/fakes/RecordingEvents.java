package dev.meseta.manager.fakes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventCode;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Keeps what was told; refuses what the description of the API does not know. */
public final class RecordingEvents implements EventPublisher {

    private static final Set<String> CODES = Stream.of(
                    Stream.of(""),
                    Arrays.stream(EventCode.values()).map(Enum::name),
                    Arrays.stream(ErrorCode.values()).map(Enum::name))
            .flatMap(codes -> codes)
            .collect(Collectors.toUnmodifiableSet());

    public final List<EventDraft> published = new ArrayList<>();

    @Override
    public void publish(EventDraft event) {
        assertThat(EventKind.texts()).contains(event.kind());
        assertThat(CODES).contains(event.code());
        published.add(event);
    }

    @Override
    public void publishVolatile(String kind, String objectKind, UUID objectId, Map<String, Object> data) {
        assertThat(EventKind.texts()).contains(kind);
    }

    public List<String> codes() {
        return published.stream().map(EventDraft::code).toList();
    }
}

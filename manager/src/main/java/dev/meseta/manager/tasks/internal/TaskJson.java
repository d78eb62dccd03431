package dev.meseta.manager.tasks.internal;

import java.util.Map;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads and writes what tasks keep as JSON. A mapper of its own: what is in the database must not change its shape when
 * somebody adjusts how the REST API looks.
 */
final class TaskJson {

    private static final TypeReference<Map<String, Object>> MAP = new TypeReference<>() {};

    private final JsonMapper mapper = JsonMapper.builder().build();

    String write(Object value) {
        return mapper.writeValueAsString(value);
    }

    /** @throws tools.jackson.core.JacksonException when it has another shape */
    <T> T read(String json, Class<T> type) {
        return mapper.readValue(json, type);
    }

    Map<String, Object> readMap(String json) {
        return mapper.readValue(json, MAP);
    }
}

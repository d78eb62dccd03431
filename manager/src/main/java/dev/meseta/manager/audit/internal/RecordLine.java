package dev.meseta.manager.audit.internal;

import dev.meseta.audit.AuditLines;
import dev.meseta.manager.audit.Audit;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record as it is hashed, stored and exported; the same each time.
 *
 * @param at whole microseconds, which is what the database keeps
 * @param detail only what {@link dev.meseta.audit.CanonicalJson} can write
 */
record RecordLine(
        Instant at,
        String principal,
        String remoteAddress,
        String action,
        String objectKind,
        String objectId,
        String objectName,
        String outcome,
        String code,
        String correlationId,
        JsonNode detail) {

    /** Stands where none is. */
    static final RecordLine NONE =
            new RecordLine(Instant.EPOCH, "", "", "", "", "", "", "", "", "", JsonNodeFactory.instance.objectNode());

    private static final int MAX_TEXT = 500;

    static RecordLine of(Audit.Entry entry, Instant at, JsonMapper json) {
        return new RecordLine(
                at.truncatedTo(ChronoUnit.MICROS),
                clean(entry.principal()),
                clean(entry.remoteAddress()),
                clean(entry.action()),
                clean(entry.objectKind()),
                clean(entry.objectId()),
                clean(entry.objectName()),
                entry.outcome().name(),
                clean(entry.code()),
                clean(entry.correlationId()),
                plain(json.valueToTree(entry.detail()), json));
    }

    /** The line without its hash and the one of the record before it. */
    ObjectNode line(JsonMapper json, @Nullable UUID lane, long number) {
        ObjectNode line = json.createObjectNode().put("kind", AuditLines.RECORD);
        if (lane != null) {
            line.put("lane", lane.toString()).put("number", number);
        }
        line.put("at", at.toString())
                .put("principal", principal)
                .put("remoteAddress", remoteAddress)
                .put("action", action)
                .put("objectKind", objectKind)
                .put("objectId", objectId)
                .put("objectName", objectName)
                .put("outcome", outcome)
                .put("code", code)
                .put("correlationId", correlationId);
        line.set("detail", detail);
        return line;
    }

    /** Text that PostgreSQL takes, that is the same again when it comes back, and that cannot fill the table. */
    static String clean(@Nullable String text) {
        if (text == null) {
            return "";
        }
        String whole = new String(text.replace("\0", "").getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8);
        if (whole.length() <= MAX_TEXT) {
            return whole;
        }
        int end = Character.isHighSurrogate(whole.charAt(MAX_TEXT - 1)) ? MAX_TEXT - 1 : MAX_TEXT;
        return whole.substring(0, end);
    }

    /** Numbers that are not whole become text, secrets are masked. */
    private static JsonNode plain(JsonNode value, JsonMapper json) {
        if (value.isObject()) {
            ObjectNode object = json.createObjectNode();
            for (Map.Entry<String, JsonNode> property : value.properties()) {
                JsonNode inside = property.getValue();
                boolean masked = Secrecy.isSecret(property.getKey()) && !inside.isNull();
                object.set(
                        clean(property.getKey()),
                        masked ? json.getNodeFactory().stringNode(Secrecy.MASK) : plain(inside, json));
            }
            return object;
        }
        if (value.isArray()) {
            var array = json.createArrayNode();
            value.forEach(item -> array.add(plain(item, json)));
            return array;
        }
        if (value.isString()) {
            return json.getNodeFactory().stringNode(clean(value.stringValue()));
        }
        boolean exact = value.isBoolean()
                || value.isNull()
                || (value.isIntegralNumber() && value.canConvertToLong() && Math.abs(value.longValue()) < 1L << 53);
        return exact ? value : json.getNodeFactory().stringNode(value.toString());
    }
}

package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.internal.AuditRows.Stored;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * A record in ArcSight's Common Event Format, version 0: seven fields between pipes, then {@code key=value} pairs. In a field,
 * backslash and pipe are escaped by a backslash and an end of line is not possible; in a value, backslash and equals sign are
 * escaped, and ends of line are written {@code \\n} and {@code \\r}.
 */
final class CefLine {

    /** Of custom strings, by the extension dictionary. */
    private static final int LONGEST_CUSTOM_STRING = 4000;

    private static final String VENDOR = "Meseta";

    private CefLine() {}

    static String of(Stored stored, JsonMapper json) {
        RecordLine record = stored.record();
        return "CEF:0|"
                + String.join(
                        "|",
                        field(VENDOR),
                        field(VENDOR),
                        field(OcsfEvent.VERSION),
                        field(record.action()),
                        field(record.action()),
                        Integer.toString(severity(record.outcome())))
                + "|"
                + extension(stored, json);
    }

    private static String extension(Stored stored, JsonMapper json) {
        RecordLine record = stored.record();
        Map<String, String> pairs = new LinkedHashMap<>();
        pairs.put("rt", Long.toString(record.at().toEpochMilli()));
        pairs.put("suser", record.principal());
        if (record.remoteAddress().contains(":")) {
            custom(pairs, "c6a2", "Source IPv6 Address", record.remoteAddress());
        } else {
            pairs.put("src", record.remoteAddress());
        }
        pairs.put("outcome", record.outcome());
        pairs.put("reason", record.code());
        pairs.put("externalId", OcsfEvent.place(stored));
        custom(pairs, "cs1", "objectKind", record.objectKind());
        custom(pairs, "cs2", "objectId", record.objectId());
        custom(pairs, "cs3", "objectName", record.objectName());
        custom(pairs, "cs4", "correlationId", record.correlationId());
        custom(pairs, "cs5", "hash", stored.hash() == null ? "" : stored.hash());
        custom(pairs, "cs6", "detail", cut(json.writeValueAsString(record.detail())));
        return pairs.entrySet().stream()
                .filter(pair -> !pair.getValue().isEmpty())
                .map(pair -> pair.getKey() + "=" + value(pair.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static void custom(Map<String, String> pairs, String key, String label, String value) {
        if (!value.isEmpty()) {
            pairs.put(key, value);
            pairs.put(key + "Label", label);
        }
    }

    /** 0 to 10. */
    private static int severity(String outcome) {
        return switch (outcome) {
            case "SUCCESS" -> 3;
            case "REFUSED" -> 5;
            default -> 7;
        };
    }

    static String field(String text) {
        return text.replace("\\", "\\\\").replace("|", "\\|").replace('\n', ' ').replace('\r', ' ');
    }

    static String value(String text) {
        return text.replace("\\", "\\\\")
                .replace("=", "\\=")
                .replace("\n", "\\n")
                .replace("\r", "\\r");
    }

    private static String cut(String text) {
        if (text.length() <= LONGEST_CUSTOM_STRING) {
            return text;
        }
        int end = Character.isHighSurrogate(text.charAt(LONGEST_CUSTOM_STRING - 1))
                ? LONGEST_CUSTOM_STRING - 1
                : LONGEST_CUSTOM_STRING;
        return text.substring(0, end);
    }
}

package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.AuditLog.Format;
import dev.meseta.manager.audit.internal.AuditRows.Stored;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** Writes a record as one line. */
@Component
class Formats {

    private final JsonMapper json;

    Formats(JsonMapper json) {
        this.json = json;
    }

    /** Without an end of line. */
    String line(Format format, Stored stored) {
        return switch (format) {
            case JSONL -> json.writeValueAsString(stored.line(json));
            case CEF -> CefLine.of(stored, json);
            case OCSF -> json.writeValueAsString(OcsfEvent.of(stored, json));
        };
    }
}

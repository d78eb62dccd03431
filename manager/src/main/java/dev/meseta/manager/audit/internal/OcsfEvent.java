package dev.meseta.manager.audit.internal;

import dev.meseta.manager.audit.internal.AuditRows.Stored;
import java.util.Set;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A record as an event of the Open Cybersecurity Schema Framework, version 1.6.0: Authentication (3002) for signing in and out,
 * Account Change (3001) for users, their factors and grants, API Activity (6003) for everything else. See
 * https://schema.ocsf.io/1.6.0/classes/api_activity, .../authentication and .../account_change.
 */
final class OcsfEvent {

    /** Of the form of what this product writes. */
    static final String VERSION = "1";

    private static final String SCHEMA = "1.6.0";
    private static final String PRODUCT = "Meseta";

    private static final int IAM = 3;
    private static final int APPLICATION = 6;
    private static final int ACCOUNT_CHANGE = 3001;
    private static final int AUTHENTICATION = 3002;
    private static final int API_ACTIVITY = 6003;
    private static final int OTHER = 99;
    /** {@code type_uid} is class_uid * 100 + activity_id. */
    private static final int TYPES_PER_CLASS = 100;

    private static final String LOG_OUT = "/auth/logout";
    private static final Set<String> SIGN_IN = Set.of("/auth/login", "/auth/mfa", "/auth/passkey");

    private OcsfEvent() {}

    /** What an event is, by the schema. */
    record Kind(int classId, int activity) {}

    static ObjectNode of(Stored stored, JsonMapper json) {
        RecordLine record = stored.record();
        Kind kind = kind(record.action());
        boolean iam = kind.classId() != API_ACTIVITY;
        ObjectNode event = json.createObjectNode()
                .put("activity_id", kind.activity())
                .put("category_uid", iam ? IAM : APPLICATION)
                .put("class_uid", kind.classId())
                .put("type_uid", kind.classId() * TYPES_PER_CLASS + kind.activity())
                .put("time", record.at().toEpochMilli())
                .put("severity_id", severity(record.outcome()))
                .put("status_id", record.outcome().equals("SUCCESS") ? 1 : 2)
                .put("message", record.action());
        if (kind.activity() == OTHER) {
            event.put("activity_name", record.action());
        }
        if (!record.code().isEmpty()) {
            event.put("status_code", record.code());
        }
        ObjectNode metadata = event.putObject("metadata")
                .put("version", SCHEMA)
                .put("uid", place(stored))
                .put("correlation_uid", record.correlationId())
                .put("log_name", "audit");
        metadata.putObject("product")
                .put("name", PRODUCT)
                .put("vendor_name", PRODUCT)
                .put("version", VERSION);
        event.putObject("actor").putObject("user").put("name", record.principal());
        ObjectNode source = event.putObject("src_endpoint");
        if (record.remoteAddress().isEmpty()) {
            source.put("name", PRODUCT);
        } else {
            source.put("ip", record.remoteAddress());
        }
        if (iam) {
            event.putObject("user").put("name", subject(record, kind));
        } else {
            api(event, record);
        }
        ObjectNode unmapped = event.putObject("unmapped")
                .put("lane", stored.lane() == null ? "" : stored.lane().toString())
                .put("number", stored.number())
                .put("hash", stored.hash() == null ? "" : stored.hash())
                .put("objectKind", record.objectKind())
                .put("objectId", record.objectId())
                .put("objectName", record.objectName());
        unmapped.set("detail", record.detail());
        return event;
    }

    private static void api(ObjectNode event, RecordLine record) {
        ObjectNode api = event.putObject("api").put("operation", record.action());
        api.putObject("request").put("uid", record.correlationId());
        ObjectNode response = api.putObject("response");
        JsonNode status = record.detail().path("status");
        if (status.isIntegralNumber()) {
            response.put("code", status.intValue());
        }
        if (!record.code().isEmpty()) {
            response.put("error", record.code());
        }
        if (!record.objectId().isEmpty()) {
            event.putArray("resources")
                    .addObject()
                    .put("uid", record.objectId())
                    .put("name", record.objectName())
                    .put("type", record.objectKind());
        }
    }

    /** Whose account it is about. */
    private static String subject(RecordLine record, Kind kind) {
        String attempted = record.detail().path("username").asString("");
        if (!attempted.isEmpty()) {
            return attempted;
        }
        boolean another =
                kind.classId() == ACCOUNT_CHANGE && !record.objectName().isEmpty();
        return another ? record.objectName() : record.principal();
    }

    static Kind kind(String action) {
        int space = action.indexOf(' ');
        if (space < 0) {
            return named(action);
        }
        String method = action.substring(0, space);
        String path = action.substring(space + 1).replace("/api/v1", "");
        if (SIGN_IN.contains(path)) {
            return new Kind(AUTHENTICATION, 1);
        }
        if (path.equals(LOG_OUT)) {
            return new Kind(AUTHENTICATION, 2);
        }
        if (path.startsWith("/auth/")) {
            return new Kind(AUTHENTICATION, OTHER);
        }
        if (path.startsWith("/account/")) {
            return new Kind(ACCOUNT_CHANGE, ownAccount(method, path));
        }
        boolean onObject = path.contains("{");
        if (path.startsWith("/users")) {
            return new Kind(ACCOUNT_CHANGE, onObject ? change(method, OTHER) : change(method, 1));
        }
        return new Kind(
                API_ACTIVITY,
                switch (method) {
                    case "GET", "HEAD" -> 2;
                    case "DELETE" -> 4;
                    case "POST" -> onObject ? 3 : 1;
                    default -> 3;
                });
    }

    private static int change(String method, int posted) {
        return switch (method) {
            case "POST" -> posted;
            case "DELETE" -> 6;
            default -> OTHER;
        };
    }

    private static int ownAccount(String method, String path) {
        if (path.equals("/account/password")) {
            return 3;
        }
        boolean factor = path.startsWith("/account/totp") || path.startsWith("/account/passkeys");
        if (!factor) {
            return OTHER;
        }
        return switch (method) {
            case "DELETE" -> 11;
            case "POST" -> path.endsWith("/options") ? OTHER : 10;
            default -> OTHER;
        };
    }

    /** What is not a request has a name with dots. */
    private static Kind named(String action) {
        return switch (action) {
            case "user.create" -> new Kind(ACCOUNT_CHANGE, 1);
            case "user.delete" -> new Kind(ACCOUNT_CHANGE, 6);
            case "grant.create" -> new Kind(ACCOUNT_CHANGE, 7);
            case "grant.delete" -> new Kind(ACCOUNT_CHANGE, 8);
            default -> new Kind(API_ACTIVITY, OTHER);
        };
    }

    /** 1 informational, 2 low, 3 medium. */
    private static int severity(String outcome) {
        return switch (outcome) {
            case "SUCCESS" -> 1;
            case "REFUSED" -> 2;
            default -> 3;
        };
    }

    /** Where a record is in the chain: an id that holds in every copy of the log. */
    static String place(Stored stored) {
        return stored.lane() == null ? "unchained:" + stored.id() : stored.lane() + ":" + stored.number();
    }
}

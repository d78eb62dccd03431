package dev.meseta.agent.operations;

import dev.meseta.agent.errors.AgentErrorCode;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.zip.CRC32;

/**
 * One journal line per record: a checksum, a blank, and form-encoded fields. A person can read it with {@code less}, and
 * a damaged line does not hide the lines after it.
 */
final class RecordCodec {

    private RecordCodec() {}

    /** The line without its line break. */
    static String encode(OperationRecord operation) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", operation.operationId());
        fields.put("kind", operation.kind().wireName());
        fields.put("target", operation.targetId());
        fields.put("state", operation.state().name());
        fields.put("started", operation.startedAt().toString());
        operation.finishedAt().ifPresent(at -> fields.put("finished", at.toString()));
        operation.failure().ifPresent(failure -> {
            fields.put("code", failure.code().name());
            fields.put("detail", failure.detail());
        });
        putResult(fields, operation.result());
        StringJoiner text = new StringJoiner("&");
        fields.forEach((key, value) -> text.add(key + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)));
        String payload = text.toString();
        return checksum(payload) + " " + payload;
    }

    /** Empty when the line is damaged. */
    static Optional<OperationRecord> decode(String line) {
        if (line.length() < 10 || line.charAt(8) != ' ') {
            return Optional.empty();
        }
        String payload = line.substring(9);
        if (!checksum(payload).equals(line.substring(0, 8))) {
            return Optional.empty();
        }
        Map<String, String> fields = new HashMap<>();
        for (String field : payload.split("&")) {
            int equals = field.indexOf('=');
            fields.put(
                    field.substring(0, equals), URLDecoder.decode(field.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return OperationKind.ofWireName(fields.getOrDefault("kind", "")).map(kind -> record(kind, fields));
    }

    private static OperationRecord record(OperationKind kind, Map<String, String> fields) {
        return new OperationRecord(
                required(fields, "id"),
                kind,
                required(fields, "target"),
                OperationRecord.State.valueOf(required(fields, "state")),
                Optional.ofNullable(fields.get("code"))
                        .map(code -> new OperationRecord.Failure(
                                AgentErrorCode.valueOf(code), fields.getOrDefault("detail", ""))),
                Instant.parse(required(fields, "started")),
                Optional.ofNullable(fields.get("finished")).map(Instant::parse),
                result(fields));
    }

    private static void putResult(Map<String, String> fields, OperationResult result) {
        if (result instanceof OperationResult.Volume volume) {
            fields.put("result", "volume");
            fields.put("path", volume.path());
            fields.put("virtual", Long.toString(volume.virtualSizeBytes()));
            fields.put("allocated", Long.toString(volume.allocatedBytes()));
        } else if (result instanceof OperationResult.MigrationTarget target) {
            fields.put("result", "migration-target");
            fields.put("uri", target.migrationUri());
            fields.put("agent", target.agentAddress());
        } else if (result instanceof OperationResult.Migration migration) {
            fields.put("result", "migration");
            fields.put("total", Long.toString(migration.totalMs()));
            fields.put("downtime", Long.toString(migration.downtimeMs()));
            fields.put("transferred", Long.toString(migration.transferredBytes()));
            fields.put("iterations", Integer.toString(migration.iterations()));
            fields.put("post-copy", Boolean.toString(migration.postCopy()));
        }
    }

    private static OperationResult result(Map<String, String> fields) {
        return switch (fields.getOrDefault("result", "")) {
            case "volume" ->
                new OperationResult.Volume(
                        required(fields, "path"), number(fields, "virtual"), number(fields, "allocated"));
            case "migration-target" ->
                new OperationResult.MigrationTarget(required(fields, "uri"), required(fields, "agent"));
            case "migration" ->
                new OperationResult.Migration(
                        number(fields, "total"),
                        number(fields, "downtime"),
                        number(fields, "transferred"),
                        (int) number(fields, "iterations"),
                        Boolean.parseBoolean(required(fields, "post-copy")));
            default -> OperationResult.NONE;
        };
    }

    private static long number(Map<String, String> fields, String key) {
        return Long.parseLong(required(fields, key));
    }

    private static String required(Map<String, String> fields, String key) {
        String value = fields.get(key);
        if (value == null) {
            throw new IllegalArgumentException("Journal record without " + key);
        }
        return value;
    }

    private static String checksum(String payload) {
        CRC32 crc = new CRC32();
        crc.update(payload.getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(crc.getValue());
    }
}

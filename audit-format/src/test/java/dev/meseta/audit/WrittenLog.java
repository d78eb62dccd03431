package dev.meseta.audit;

import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** A log as several managers write it. */
final class WrittenLog {

    static final JsonMapper JSON = JsonMapper.builder().build();

    final List<String> lines = new ArrayList<>();
    private final Map<String, ObjectNode> heads = new LinkedHashMap<>();
    private final TestAuthority authority;
    private String lastCheckpoint = AuditLines.NOTHING;
    private long checkpoints;

    WrittenLog(TestAuthority authority) {
        this.authority = authority;
        ObjectNode first = JSON.createObjectNode();
        AuditLines.putAuthority(first, authority.certificate());
        lines.add(JSON.writeValueAsString(first));
    }

    /** So many records of each of so many managers in turn, a checkpoint after every few, and one at the end. */
    static WrittenLog of(TestAuthority authority, SplittableRandom random, int records) {
        WrittenLog log = new WrittenLog(authority);
        for (int number = 0; number < records; number++) {
            log.record("lane-" + random.nextInt(3), "user-" + random.nextInt(100));
            if (random.nextInt(10) == 0) {
                log.checkpoint();
            }
        }
        log.checkpoint();
        return log;
    }

    void record(String lane, String principal) {
        ObjectNode before = heads.get(lane);
        ObjectNode line = JSON.createObjectNode()
                .put("kind", AuditLines.RECORD)
                .put("lane", lane)
                .put("number", before == null ? 1 : before.required("number").longValue() + 1)
                .put("at", "2026-11-27T12:00:00Z")
                .put("principal", principal)
                .put("action", "POST /api/v1/vms")
                .put("outcome", "SUCCESS");
        line.set("detail", JSON.createObjectNode().put("status", 202));
        String unused = AuditLines.chain(
                line,
                before == null ? AuditLines.NOTHING : before.required("hash").stringValue());
        heads.put(lane, line);
        lines.add(JSON.writeValueAsString(line));
    }

    void checkpoint() {
        ObjectNode line = JSON.createObjectNode()
                .put("kind", AuditLines.CHECKPOINT)
                .put("number", ++checkpoints)
                .put("at", "2026-11-27T12:00:00Z")
                .put("certificate", Base64.getEncoder().encodeToString(authority.managerCertificate()));
        ArrayNode known = line.putArray("heads");
        heads.forEach((lane, head) -> known.addObject()
                .put("lane", lane)
                .put("number", head.required("number").longValue())
                .put("hash", head.required("hash").stringValue()));
        lastCheckpoint = AuditLines.chain(line, lastCheckpoint);
        line.put("signature", Base64.getEncoder().encodeToString(authority.sign(AuditLines.content(line))));
        lines.add(JSON.writeValueAsString(line));
    }

    /** Removes what the newest checkpoint knows, and begins with that. */
    void removeUpToTheNewestCheckpoint() {
        ObjectNode line = JSON.createObjectNode()
                .put("kind", AuditLines.ANCHOR)
                .put("number", checkpoints)
                .put("at", "2026-11-27T12:00:00Z")
                .put("certificate", Base64.getEncoder().encodeToString(authority.managerCertificate()));
        ArrayNode known = line.putArray("heads");
        heads.forEach((lane, head) -> known.addObject()
                .put("lane", lane)
                .put("number", head.required("number").longValue())
                .put("hash", head.required("hash").stringValue()));
        String unused = AuditLines.chain(line, lastCheckpoint);
        line.put("signature", Base64.getEncoder().encodeToString(authority.sign(AuditLines.content(line))));
        lines.subList(1, lines.size()).clear();
        lines.add(JSON.writeValueAsString(line));
    }
}

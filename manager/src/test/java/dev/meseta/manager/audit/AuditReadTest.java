package dev.meseta.manager.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerIntegrationTest;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reading the audit log: one record, its verification, its checkpoints, its formats. */
class AuditReadTest extends ManagerIntegrationTest {

    @Autowired
    private Audit audit;

    @Autowired
    private AuditSeal seal;

    @Autowired
    private JsonMapper json;

    private long record(String action) {
        audit.record(new Audit.Entry(
                "tester",
                "192.0.2.7",
                action,
                "vms",
                "an id",
                "a name",
                Audit.Outcome.REFUSED,
                "NOT_FOUND",
                "correlated",
                Map.of("a", "b")));
        return jdbc.sql("SELECT max(id) FROM audit_record WHERE action = :action")
                .param("action", action)
                .query(Long.class)
                .single();
    }

    @Test
    void one_record_has_all_that_is_known_of_it() {
        long id = record("read-one");
        JsonNode read = api.get("/audit/" + id).json();
        assertThat(read.path("id").longValue()).isEqualTo(id);
        assertThat(read.path("principal").asString()).isEqualTo("tester");
        assertThat(read.path("remoteAddress").asString()).isEqualTo("192.0.2.7");
        assertThat(read.path("code").asString()).isEqualTo("NOT_FOUND");
        assertThat(read.path("correlationId").asString()).isEqualTo("correlated");
        assertThat(read.path("detail").path("a").asString()).isEqualTo("b");
        assertThat(read.path("previous").asString()).hasSize(64);
        assertThat(read.path("hash").asString()).hasSize(64);
        assertThat(api.get("/audit/" + Long.MAX_VALUE).code()).isEqualTo("NOT_FOUND");
        assertThat(api.get("/audit/word").status()).isEqualTo(400);
    }

    @Test
    void a_whole_log_is_whole_and_an_altered_one_is_broken_where_it_was_altered() {
        long victim = record("verify-victim");
        long after = record("verify-after");
        seal.now();
        JsonNode whole = api.get("/audit/verify").json();
        assertThat(whole.path("whole").booleanValue()).isTrue();
        assertThat(whole.path("brokenAt").isNull()).isTrue();
        assertThat(whole.path("records").longValue()).isPositive();
        assertThat(whole.path("part").booleanValue()).isFalse();
        jdbc.sql("ALTER TABLE audit_record DISABLE TRIGGER audit_record_only_grows")
                .update();
        try {
            jdbc.sql("UPDATE audit_record SET principal = 'nobody' WHERE id = :id")
                    .param("id", victim)
                    .update();
            JsonNode broken = api.get("/audit/verify").json();
            assertThat(broken.path("whole").booleanValue()).isFalse();
            assertThat(broken.path("brokenAt").path("recordId").longValue()).isEqualTo(victim);
            assertThat(broken.path("brokenAt").path("what").asString()).contains("has been altered");
            String from = jdbc.sql("SELECT at FROM audit_record WHERE id = :id")
                    .param("id", after)
                    .query(java.time.Instant.class)
                    .single()
                    .toString();
            JsonNode part = api.get("/audit/verify?from=" + from).json();
            assertThat(part.path("whole").booleanValue()).isTrue();
            assertThat(part.path("part").booleanValue()).isTrue();
        } finally {
            jdbc.sql("UPDATE audit_record SET principal = 'tester' WHERE id = :id")
                    .param("id", victim)
                    .update();
            jdbc.sql("ALTER TABLE audit_record ENABLE TRIGGER audit_record_only_grows")
                    .update();
        }
        assertThat(api.get("/audit/verify").json().path("whole").booleanValue()).isTrue();
    }

    @Test
    void checkpoints_are_listed_newest_first() {
        record("sealed-first");
        seal.now();
        record("sealed-second");
        seal.now();
        JsonNode items = api.get("/audit/checkpoints?limit=2").json().path("items");
        assertThat(items.size()).isEqualTo(2);
        assertThat(items.path(0).path("number").longValue())
                .isEqualTo(items.path(1).path("number").longValue() + 1);
        assertThat(items.path(0).path("records").longValue())
                .isGreaterThan(items.path(1).path("records").longValue());
        assertThat(items.path(0).path("hash").asString()).hasSize(64);
    }

    @Test
    void the_log_is_exported_in_formats_of_others() {
        record("format|ted=");
        List<String> cef = lines("CEF");
        assertThat(cef).isNotEmpty().allSatisfy(line -> assertThat(line).startsWith("CEF:0|Meseta|Meseta|"));
        assertThat(cef)
                .anySatisfy(line -> assertThat(line)
                        .contains(
                                "|format\\|ted=|",
                                " suser=tester ",
                                " src=192.0.2.7 ",
                                " cs3=a name cs3Label=objectName "));
        List<String> ocsf = lines("OCSF");
        assertThat(ocsf).isNotEmpty().allSatisfy(line -> {
            JsonNode event = json.readTree(line);
            assertThat(event.path("type_uid").intValue())
                    .isEqualTo(event.path("class_uid").intValue() * 100
                            + event.path("activity_id").intValue());
        });
        assertThat(api.get("/audit/export?format=WORD").status()).isEqualTo(400);
        assertThat(api.get("/audit?limit=1&q=action:%22GET%20/api/v1/audit/export%22")
                        .json()
                        .path("items")
                        .path(0)
                        .path("outcome")
                        .asString())
                .isEqualTo("REFUSED");
    }

    private List<String> lines(String format) {
        return Arrays.asList(api.get("/audit/export?format=" + format).text().split("\n"));
    }
}

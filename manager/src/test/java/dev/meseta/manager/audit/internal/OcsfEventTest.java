package dev.meseta.manager.audit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.internal.AuditRows.Stored;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("unit")
class OcsfEventTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static JsonNode event(String action, String remoteAddress, Map<String, Object> detail) {
        return OcsfEvent.of(
                new Stored(
                        7,
                        null,
                        0,
                        null,
                        null,
                        RecordLine.of(
                                new Audit.Entry(
                                        "ann",
                                        remoteAddress,
                                        action,
                                        "vms",
                                        "an id",
                                        "web",
                                        Audit.Outcome.REFUSED,
                                        "FORBIDDEN",
                                        "corr",
                                        detail),
                                Instant.ofEpochMilli(1_700_000_000_123L),
                                JSON)),
                JSON);
    }

    @ParameterizedTest
    @CsvSource({
        "POST /api/v1/auth/login,3002,1",
        "POST /api/v1/auth/mfa,3002,1",
        "POST /api/v1/auth/passkey,3002,1",
        "POST /api/v1/auth/passkey/options,3002,99",
        "POST /api/v1/auth/step-up,3002,99",
        "POST /api/v1/auth/logout,3002,2",
        "POST /api/v1/account/password,3001,3",
        "POST /api/v1/account/totp/confirm,3001,10",
        "DELETE /api/v1/account/passkeys/{id},3001,11",
        "POST /api/v1/users,3001,1",
        "DELETE /api/v1/users/{id},3001,6",
        "grant.create,3001,7",
        "grant.delete,3001,8",
        "POST /api/v1/vms,6003,1",
        "GET /api/v1/audit/export,6003,2",
        "PATCH /api/v1/vms/{id},6003,3",
        "POST /api/v1/vms/{id}/start,6003,3",
        "DELETE /api/v1/vms/{id},6003,4",
        "task.ended,6003,99"
    })
    void each_action_has_its_class_and_activity(String action, int classId, int activity) {
        assertThat(OcsfEvent.kind(action)).isEqualTo(new OcsfEvent.Kind(classId, activity));
    }

    @Test
    void an_event_has_all_that_its_class_requires() {
        JsonNode request = event("PATCH /api/v1/vms/{id}", "192.0.2.1", Map.of("status", 403));
        for (String required : List.of(
                "activity_id",
                "actor",
                "api",
                "category_uid",
                "class_uid",
                "metadata",
                "severity_id",
                "src_endpoint",
                "time",
                "type_uid")) {
            assertThat(request.has(required)).as(required).isTrue();
        }
        assertThat(request.path("type_uid").intValue()).isEqualTo(600303);
        assertThat(request.path("api").path("operation").asString()).isEqualTo("PATCH /api/v1/vms/{id}");
        assertThat(request.path("api").path("response").path("code").intValue()).isEqualTo(403);
        assertThat(request.path("src_endpoint").path("ip").asString()).isEqualTo("192.0.2.1");
        assertThat(request.path("metadata").path("correlation_uid").asString()).isEqualTo("corr");
        assertThat(request.path("resources").path(0).path("name").asString()).isEqualTo("web");
        assertThat(request.path("time").longValue()).isEqualTo(1_700_000_000_123L);
        JsonNode signIn = event("POST /api/v1/auth/login", "", Map.of("username", "bob"));
        assertThat(signIn.path("user").path("name").asString()).isEqualTo("bob");
        assertThat(signIn.path("category_uid").intValue()).isEqualTo(3);
        assertThat(signIn.path("src_endpoint").has("ip")).isFalse();
        assertThat(signIn.path("src_endpoint").path("name").asString()).isNotEmpty();
    }
}

package dev.meseta.manager.audit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.audit.Audit;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

@Tag("unit")
class SecrecyTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "newPassword",
                "admin_password",
                "adminpassword",
                "PASSWORD",
                "passphrase",
                "clientSecret",
                "secret",
                "token",
                "apiToken",
                "enrolment-token",
                "key",
                "privateKey",
                "sshkey",
                "API_KEY",
                "hostKeys",
                "credentials",
                "Authorization",
                "Set-Cookie",
                "userData",
                "user-data",
                "totp",
                "recoveryCodes"
            })
    void these_are_secret(String name) {
        assertThat(Secrecy.isSecret(name)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "name",
                "memoryMiB",
                "tokenId",
                "keyFingerprint",
                "passwordExpires",
                "status",
                "keyboard",
                "author",
                "secretName",
                "",
                "spinning"
            })
    void these_are_not(String name) {
        assertThat(Secrecy.isSecret(name)).isFalse();
    }

    @Test
    void secrets_are_masked_however_deep_and_an_absent_one_is_shown_as_absent() {
        Map<String, Object> password = new HashMap<>();
        password.put("before", null);
        password.put("after", "geheim");
        Map<String, Object> nothing = new HashMap<>();
        nothing.put("token", null);
        JsonNode detail = RecordLine.of(
                        new Audit.Entry(
                                "p",
                                "",
                                "a",
                                "",
                                "",
                                Audit.Outcome.SUCCESS,
                                "",
                                "",
                                Map.of(
                                        "changes",
                                        Map.of("password", password, "name", Map.of("before", "a", "after", "b")),
                                        "list",
                                        List.of(Map.of("apiKey", Map.of("deep", "geheim")), nothing))),
                        Instant.EPOCH,
                        JSON)
                .detail();
        assertThat(detail.toString()).doesNotContain("geheim");
        assertThat(detail.path("changes").path("password").asString()).isEqualTo(Secrecy.MASK);
        assertThat(detail.path("changes").path("name").path("after").asString()).isEqualTo("b");
        assertThat(detail.path("list").path(1).path("token").isNull()).isTrue();
    }
}

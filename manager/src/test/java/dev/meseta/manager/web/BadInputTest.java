package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.UuidGenerator;
import java.io.ByteArrayInputStream;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** What this kind of system has died of, over HTTP: a clear answer with a code, nothing changed, a record. */
class BadInputTest extends ManagerIntegrationTest {

    private static final int TEN_MEGABYTES = 10 * 1024 * 1024;

    @Autowired
    private Vms vms;

    @Autowired
    private Clusters clusters;

    @Autowired
    private UuidGenerator ids;

    private Vm vm(String name) {
        return vms.create(new Vms.NewVm(
                ids.next(),
                clusters.defaultCluster().id(),
                name,
                "",
                1,
                256L << 20,
                Vm.Firmware.BIOS,
                null,
                "",
                PowerState.STOPPED,
                null,
                null));
    }

    private Answer patch(Vm vm, String json) {
        return api.patch("/vms/" + vm.id(), json, "If-Match", "\"" + vm.version() + "\"");
    }

    @Test
    void ten_megabytes_are_refused_however_they_are_sent() {
        String large = "{\"name\":\"" + "a".repeat(TEN_MEGABYTES) + "\"}";

        Answer announced = api.post("/vms", large);
        assertThat(announced.status()).isEqualTo(413);
        assertThat(announced.code()).isEqualTo("REQUEST_TOO_LARGE");

        var chunks =
                BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(large.getBytes(StandardCharsets.UTF_8)));
        Answer chunked = api.send("POST", "/vms", chunks);
        assertThat(chunked.status()).isEqualTo(413);
        assertThat(chunked.code()).isEqualTo("REQUEST_TOO_LARGE");
    }

    @Test
    void json_that_is_none_or_of_another_shape_is_refused_with_the_field() {
        Vm vm = vm("bad-json");
        for (String broken :
                List.of("", "{", "[]", "\"text\"", "null", "{\"name\":\"a\"} {}", "{\"name\":\"a\",\"name\":\"b\"}")) {
            Answer answer = patch(vm, broken);
            assertThat(answer.status()).as(broken).isEqualTo(400);
            assertThat(answer.code()).as(broken).isEqualTo("MALFORMED_REQUEST");
        }
        for (String wrong : List.of("{\"vcpus\":\"2\"}", "{\"vcpus\":1.5}", "{\"vcpus\":true}", "{\"vcpus\":[1]}")) {
            Answer answer = patch(vm, wrong);
            assertThat(answer.status()).as(wrong).isEqualTo(400);
            assertThat(answer.json().path("errors").path(0).path("field").asString())
                    .as(wrong)
                    .isEqualTo("vcpus");
        }
        assertThat(patch(vm, "{\"vcpus\":99999999999999999999}").code()).isEqualTo("MALFORMED_REQUEST");
        Answer unknown = patch(vm, "{\"hostId\":\"x\"}");
        assertThat(unknown.json().path("errors").path(0).path("field").asString())
                .isEqualTo("hostId");
        assertThat(patch(vm, "{\"name\":5}").status()).isEqualTo(400);
        assertThat(vms.require(vm.id())).isEqualTo(vm);
    }

    @Test
    void names_with_markup_quotes_or_newlines_are_refused() {
        Vm vm = vm("bad-names");
        for (String name : List.of(
                "<b>x</b>",
                "a\\\"b",
                "a'b",
                "a\\nb",
                "",
                "-rf",
                "../../etc",
                "$(id)",
                "a;b",
                "\\u0000",
                "a".repeat(64),
                "\\u202eab")) {
            Answer answer = patch(vm, "{\"name\":\"" + name + "\"}");
            assertThat(answer.status()).as(name).isEqualTo(400);
            assertThat(answer.code()).as(name).isEqualTo("VALIDATION_FAILED");
            assertThat(answer.json().path("errors").path(0).path("field").asString())
                    .as(name)
                    .isEqualTo("name");
        }
        assertThat(patch(vm, "{\"vcpus\":0}").code()).isEqualTo("VALIDATION_FAILED");
        assertThat(patch(vm, "{\"memoryMiB\":9223372036854775807}").code()).isEqualTo("VALIDATION_FAILED");
        assertThat(vms.require(vm.id())).isEqualTo(vm);
    }

    @Test
    void a_description_may_hold_anything_and_comes_back_as_it_was() {
        Vm vm = vm("any-description");

        Answer answer = patch(vm, "{\"description\":\"<script>alert('1')</script>\\n\\\"; DROP TABLE vm; --\"}");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("description").asString())
                .isEqualTo("<script>alert('1')</script>\n\"; DROP TABLE vm; --");
    }

    @Test
    void a_stale_missing_or_nonsensical_if_match_changes_nothing() {
        Vm vm = vm("stale-version");
        assertThat(patch(vm, "{\"description\":\"first\"}").header("ETag")).isEqualTo("\"1\"");

        Answer stale = patch(vm, "{\"description\":\"second\"}");
        assertThat(stale.status()).isEqualTo(412);
        assertThat(stale.code()).isEqualTo("STALE_VERSION");
        assertThat(api.patch("/vms/" + vm.id(), "{}").code()).isEqualTo("VALIDATION_FAILED");
        assertThat(api.patch("/vms/" + vm.id(), "{}", "If-Match", "W/\"x\"").code())
                .isEqualTo("MALFORMED_REQUEST");
        assertThat(vms.require(vm.id()).description()).isEqualTo("first");
    }

    @Test
    void a_name_that_is_taken_is_refused() {
        vm("taken-name");
        Vm other = vm("other-name");

        Answer answer = patch(other, "{\"name\":\"taken-name\"}");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.code()).isEqualTo("NAME_TAKEN");
    }

    @Test
    void bad_list_parameters_are_refused() {
        for (String query : List.of(
                "cursor=abc",
                "cursor=%00",
                "cursor=bmFtZQp4Cng",
                "sort=password",
                "sort=name;drop",
                "limit=0",
                "limit=501",
                "limit=x",
                "q=foo:bar",
                "q=%22open",
                "q=" + "a".repeat(1001))) {
            Answer answer = api.get("/vms?" + query);
            assertThat(answer.status()).as(query).isEqualTo(400);
            assertThat(answer.code()).as(query).isEqualTo("MALFORMED_REQUEST");
        }
        assertThat(api.get("/vms?q=%27%20OR%201=1").status()).isEqualTo(400);
        assertThat(api.get("/vms?q=%27%25_%5C").status()).isEqualTo(200);
    }

    @Test
    void what_is_not_there_is_said_so_in_the_same_form() {
        Answer missing = api.get("/vms/0198c0de-0000-7000-8000-000000000000");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.header("Content-Type")).startsWith("application/problem+json");
        assertThat(missing.json().path("correlationId").asString()).isEqualTo(missing.header("X-Correlation-Id"));
        assertThat(api.get("/nothing").code()).isEqualTo("NOT_FOUND");
        assertThat(api.get("/vms/no-uuid").code()).isEqualTo("MALFORMED_REQUEST");
        assertThat(api.send("PUT", "/vms", BodyPublishers.ofString("{}")).code())
                .isEqualTo("METHOD_NOT_ALLOWED");
        assertThat(api.patch("/vms/" + ids.next(), "x", "Content-Type", "text/plain", "If-Match", "\"0\"")
                        .code())
                .isEqualTo("UNSUPPORTED_MEDIA_TYPE");
        assertThat(api.get("/vms/%2e%2e%2f").status()).isEqualTo(400);
    }

    @Test
    void a_correlation_id_is_taken_over_only_when_it_is_harmless() {
        assertThat(api.get("/vms", "X-Correlation-Id", "from-a-script.1").header("X-Correlation-Id"))
                .isEqualTo("from-a-script.1");
        assertThat(api.get("/vms", "X-Correlation-Id", "a\tb<script>").header("X-Correlation-Id"))
                .doesNotContain("<")
                .hasSize(36);
    }

    @Test
    void a_path_that_is_written_in_another_way_escapes_neither_the_record_nor_the_limit_of_a_body() {
        Answer refused = api.post("//%61pi/v1/vms", "{", "X-Correlation-Id", "other-spelling");
        assertThat(refused.status()).isEqualTo(400);
        assertThat(api.get("/audit/export").text()).contains("other-spelling");
        assertThat(api.post("//api/%761/vms", "{\"name\":\"" + "a".repeat(TEN_MEGABYTES) + "\"}")
                        .code())
                .isEqualTo("REQUEST_TOO_LARGE");
    }

    @Test
    void forged_forwarding_headers_change_neither_where_a_request_comes_from_nor_where_anybody_is_led() {
        String marker = "forwarded-" + ids.next();
        Answer answer = anonymousAt("127.0.5.77")
                .post(
                        "/auth/login",
                        "{\"username\":\"nobody\",\"password\":\"wrong\"}",
                        "X-Correlation-Id",
                        marker,
                        "X-Forwarded-For",
                        "203.0.113.9",
                        "X-Real-IP",
                        "203.0.113.9",
                        "Forwarded",
                        "for=203.0.113.9;host=evil.example;proto=http",
                        "X-Forwarded-Host",
                        "evil.example",
                        "X-Forwarded-Proto",
                        "http",
                        "X-Forwarded-Prefix",
                        "/evil");
        assertThat(answer.status()).isEqualTo(401);
        assertThat(answer.response().headers().map().toString()).doesNotContain("evil");
        assertThat(answer.text()).doesNotContain("evil");
        var record = api.get("/audit?limit=1&q=correlation:" + marker)
                .json()
                .path("items")
                .path(0);
        assertThat(record.path("remoteAddress").asString())
                .as(record.toString())
                .isEqualTo("127.0.5.77");

        Vm vm = vm("forwarded");
        Answer started = api.post(
                "/vms/" + vm.id() + "/start",
                "{}",
                "X-Forwarded-Host",
                "evil.example",
                "Forwarded",
                "host=evil.example");
        assertThat(started.header("Location")).doesNotContain("evil");
    }

    @Test
    void every_refusal_of_a_change_is_recorded() {
        Vm vm = vm("recorded");
        api.patch("/vms/" + vm.id(), "{", "If-Match", "\"0\"", "X-Correlation-Id", "recorded-refusal");

        String line = api.get("/audit/export")
                .text()
                .lines()
                .filter(text -> text.contains("recorded-refusal"))
                .findFirst()
                .orElseThrow();
        assertThat(line)
                .contains("\"principal\":\"admin\"")
                .contains("PATCH /api/v1/vms/{id}")
                .contains(vm.id().toString())
                .contains("MALFORMED_REQUEST");
    }
}

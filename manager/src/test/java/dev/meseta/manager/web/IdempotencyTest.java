package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.web.internal.IdempotencyStore;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;

/** {@code Idempotency-Key}: the same again does nothing and answers the same. */
class IdempotencyTest extends ManagerIntegrationTest {

    @Autowired
    private Hosts hosts;

    @Autowired
    private Clusters clusters;

    @Autowired
    private UuidGenerator ids;

    @Autowired
    private IdempotencyStore store;

    private UUID host(String name) {
        return hosts.register(ids.next(), clusters.defaultCluster().id(), name, "127.0.0.1:1", "192.0.2.9")
                .id();
    }

    @Test
    void the_same_request_again_gets_the_first_answer_and_does_nothing() {
        UUID host = host("idem-1");
        String path = "/hosts/" + host + "/maintenance";

        Answer first = api.post(path, "", "Idempotency-Key", "idem-1");
        api.post("/hosts/" + host + "/activate", "");
        Answer again = api.post(path, "", "Idempotency-Key", "idem-1");

        assertThat(again.text()).isEqualTo(first.text());
        assertThat(again.status()).isEqualTo(first.status());
        assertThat(again.header("ETag")).isEqualTo(first.header("ETag"));
        assertThat(again.header("Idempotency-Replayed")).isEqualTo("true");
        assertThat(hosts.require(host).maintenance()).isFalse();
    }

    @Test
    void the_key_for_another_request_is_refused() {
        UUID host = host("idem-2");
        api.post("/hosts/" + host + "/maintenance", "", "Idempotency-Key", "idem-2");

        Answer other = api.post("/hosts/" + host + "/activate", "", "Idempotency-Key", "idem-2");

        assertThat(other.status()).isEqualTo(409);
        assertThat(other.code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
        assertThat(api.post("/hosts/" + host + "/maintenance", "", "Idempotency-Key", "a b")
                        .code())
                .isEqualTo("MALFORMED_REQUEST");
    }

    @Test
    void of_many_at_once_one_is_carried_out() throws InterruptedException, ExecutionException {
        String body = "{\"hostName\":\"idem-3\"}";
        List<Callable<Answer>> requests = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            requests.add(() -> api.post("/hosts/enrolment-tokens", body, "Idempotency-Key", "idem-3"));
        }
        List<String> tokens = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var request : threads.invokeAll(requests)) {
                Answer answer = request.get();
                if (answer.status() == 201) {
                    tokens.add(answer.json().path("token").asString());
                } else {
                    assertThat(answer.code()).isEqualTo("REQUEST_IN_PROGRESS");
                }
            }
        }
        assertThat(tokens).isNotEmpty();
        assertThat(tokens.stream().distinct()).hasSize(1);
    }

    @Test
    void a_secret_in_an_answer_is_not_in_the_database() {
        Answer answer = api.post("/hosts/enrolment-tokens", "{\"hostName\":\"idem-4\"}", "Idempotency-Key", "idem-4");
        String token = answer.json().path("token").asString();

        byte[] kept = jdbc.sql("SELECT body FROM idempotent_request WHERE key = 'idem-4'")
                .query(byte[].class)
                .single();

        assertThat(token).isNotEmpty();
        assertThat(new String(kept, StandardCharsets.ISO_8859_1)).doesNotContain(token);
    }

    @Test
    void what_became_a_task_before_its_manager_died_is_answered_with_it() {
        UUID host = host("idem-5");
        String path = "/hosts/" + host + "/maintenance";
        api.post(path, "", "Idempotency-Key", "idem-5");
        UUID task = new TestRows(jdbc).task(host);
        jdbc.sql("UPDATE idempotent_request SET status = NULL, body = NULL, task_id = :task WHERE key = 'idem-5'")
                .param("task", task)
                .update();
        api.post("/hosts/" + host + "/activate", "");

        Answer again = api.post(path, "", "Idempotency-Key", "idem-5");

        assertThat(again.status()).isEqualTo(202);
        assertThat(again.header("Location")).isEqualTo("/api/v1/tasks/" + task);
        assertThat(again.json().path("id").asString()).isEqualTo(task.toString());
        assertThat(hosts.require(host).maintenance()).isFalse();
    }

    @Test
    void what_a_dead_manager_had_begun_is_begun_anew_soon_and_the_dead_can_take_nothing_in() {
        UUID host = host("idem-6");
        String path = "/hosts/" + host + "/maintenance";
        api.post(path, "", "Idempotency-Key", "idem-6");
        jdbc.sql("UPDATE idempotent_request SET status = NULL, body = NULL WHERE key = 'idem-6'")
                .update();
        assertThat(api.post(path, "", "Idempotency-Key", "idem-6").code()).isEqualTo("REQUEST_IN_PROGRESS");
        UUID dead = jdbc.sql("SELECT attempt FROM idempotent_request WHERE key = 'idem-6'")
                .query(UUID.class)
                .single();
        jdbc.sql("UPDATE idempotent_request SET created_at = created_at - interval '1 minute' WHERE key = 'idem-6'")
                .update();

        assertThat(api.post(path, "", "Idempotency-Key", "idem-6").status()).isEqualTo(200);

        var request = new IdempotencyStore.Request("admin", "idem-6", "", "");
        assertThatThrownBy(() -> store.became(request, dead, UUID.randomUUID()))
                .isInstanceOfSatisfying(
                        MesetaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.REQUEST_IN_PROGRESS));
    }

    @Test
    void a_deletion_whose_answer_was_lost_is_answered_with_its_task() {
        String path = "/vms/" + ids.next();
        assertThat(delete(path, "idem-7").status()).isEqualTo(404);
        UUID task = new TestRows(jdbc).task(host("idem-7"));
        jdbc.sql("UPDATE idempotent_request SET status = NULL, body = NULL, task_id = :task WHERE key = 'idem-7'")
                .param("task", task)
                .update();

        Answer again = delete(path, "idem-7");

        assertThat(again.status()).isEqualTo(202);
        assertThat(again.header("Location")).isEqualTo("/api/v1/tasks/" + task);
        assertThat(delete("/vms/" + ids.next(), "idem-7").code()).isEqualTo("IDEMPOTENCY_KEY_REUSED");
    }

    private Answer delete(String path, String key) {
        return api.send("DELETE", path, BodyPublishers.noBody(), "Idempotency-Key", key);
    }
}

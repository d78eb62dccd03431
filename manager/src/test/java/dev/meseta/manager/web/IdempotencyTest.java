package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.UuidGenerator;
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
}

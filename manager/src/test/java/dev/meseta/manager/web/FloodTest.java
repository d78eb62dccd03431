package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Somebody who asks without end is told to wait; everybody else notices nothing. */
class FloodTest extends ManagerIntegrationTest {

    private static final int MANY = 2_000;

    private static final int AT_ONCE = 8;

    @Test
    void a_flood_from_one_address_is_refused_and_recorded_once() throws Exception {
        String attacker = "127.0.0.71";
        List<Answer> refused = flood(anonymousAt(attacker), "/openapi.json");

        assertThat(refused).isNotEmpty();
        for (Answer answer : refused) {
            assertThat(answer.code()).isEqualTo("TOO_MANY_REQUESTS");
            assertThat(answer.header("Content-Type")).startsWith("application/problem+json");
            assertThat(Integer.parseInt(answer.header("Retry-After"))).isBetween(1, 60);
        }
        assertThat(anonymousAt("127.0.0.72").get("/health").status()).isEqualTo(200);
        // Who is known to be signed in has tokens of their own, wherever they are.
        assertThat(api.get("/auth/session").status()).isEqualTo(200);
        assertThat(recordsOf(attacker)).isEqualTo(1);
        assertThat(eventsAbout(attacker)).isEqualTo(1);
        assertThat(api.get("/metrics").text()).contains("meseta_requests_refused_total{caller=\"address\"}");
    }

    @Test
    void a_flood_of_invented_credentials_counts_for_where_it_comes_from() throws Exception {
        ApiClient attacker = anonymousAt("127.0.0.73").withHeader("Authorization", "Bearer invented");

        List<Answer> refused = flood(attacker, "/audit/export");

        assertThat(refused).isNotEmpty().allMatch(answer -> answer.code().equals("TOO_MANY_REQUESTS"));
        assertThat(api.get("/vms").status()).isEqualTo(200);
    }

    /** The answers that are refusals for asking too much. */
    private static List<Answer> flood(ApiClient client, String path) throws Exception {
        List<Answer> refused = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE)) {
            List<Future<List<Answer>>> running = new ArrayList<>();
            for (int thread = 0; thread < AT_ONCE; thread++) {
                running.add(threads.submit(() -> floodUntilRefused(client, path)));
            }
            for (Future<List<Answer>> each : running) {
                refused.addAll(each.get(60, TimeUnit.SECONDS));
            }
        }
        return refused;
    }

    private static List<Answer> floodUntilRefused(ApiClient client, String path) {
        List<Answer> refused = new ArrayList<>();
        for (int i = 0; i < MANY / AT_ONCE && refused.size() < 5; i++) {
            Answer answer = client.get(path);
            if (answer.status() == 429) {
                refused.add(answer);
            }
        }
        return refused;
    }

    private long recordsOf(String address) {
        return jdbc.sql(
                        "SELECT count(*) FROM audit_record WHERE remote_address = :address AND code = 'TOO_MANY_REQUESTS'")
                .param("address", address)
                .query(Long.class)
                .single();
    }

    private long eventsAbout(String address) {
        return jdbc.sql("SELECT count(*) FROM event WHERE code = 'CALLER_THROTTLED' AND message LIKE :address")
                .param("address", "%" + address + " %")
                .query(Long.class)
                .single();
    }
}

package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ManagerIntegrationTest;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What people are told of the managers. */
class ManagersTest extends ManagerIntegrationTest {

    private final UUID other = UUID.randomUUID();

    @AfterEach
    void forget() {
        jdbc.sql("DELETE FROM manager_member WHERE id = :id").param("id", other).update();
    }

    @Test
    void the_one_that_answers_says_where_it_is_reached() {
        JsonNode self = managers("state:LIVING").required(0);

        assertThat(self.required("answering").booleanValue()).isTrue();
        assertThat(self.required("url").stringValue()).startsWith("https://localhost:");
        assertThat(self.required("agentAddress").stringValue()).matches("localhost:[1-9][0-9]+");
        assertThat(self.required("name").stringValue()).isNotBlank();
        // Spring stops it while tests of other settings run; then it begins anew.
        assertThat(self.required("lives").longValue()).isPositive();
        assertThat(api.get("/managers/" + self.required("id").stringValue() + "/hosts")
                        .status())
                .isEqualTo(200);
        assertThat(api.get("/managers/" + other + "/hosts").code()).isEqualTo("NOT_FOUND");
        assertThat(events("MANAGER_JOINED", self.required("id").stringValue())).isPositive();
    }

    @Test
    void one_whose_lease_has_run_out_is_fenced_and_everybody_hears_of_it() {
        life(1, "now() - interval '1 hour'");
        life(2, "now() - interval '1 second'");

        long giveUp = System.nanoTime() + Duration.ofSeconds(30).toNanos();
        while (events("MANAGER_FENCED", other.toString()) < 2) {
            assertThat(System.nanoTime()).as("time to be told").isLessThan(giveUp);
            LockSupport.parkNanos(50_000_000);
        }
        JsonNode dead = managers("name:manager-x").required(0);
        assertThat(dead.required("state").stringValue()).isEqualTo("FENCED");
        assertThat(dead.required("lives").longValue()).as("its latest").isEqualTo(2);
        assertThat(dead.required("answering").booleanValue()).isFalse();
        assertThat(managers("name:manager-x").size()).as("one row per manager").isEqualTo(1);
    }

    @Test
    void a_search_for_nonsense_is_refused() {
        ApiClient.Answer answer = api.get("/managers?q=colour:blue");

        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("MALFORMED_REQUEST");
    }

    private JsonNode managers(String search) {
        ApiClient.Answer answer = api.get("/managers?sort=-startedAt&q=" + search);
        assertThat(answer.status()).as(answer.text()).isEqualTo(200);
        return answer.json().required("items");
    }

    private int events(String code, String manager) {
        return api.get("/events?q=code:" + code + "%20object:" + manager)
                .json()
                .required("items")
                .size();
    }

    private void life(int incarnation, String leaseUntil) {
        jdbc.sql("""
                        INSERT INTO manager_member
                            (id, incarnation, address, started_at, heartbeat_at, lease_until, term_seen, name)
                        VALUES (:id, :incarnation, 'elsewhere', now(), now(), %s, 1, 'manager-x')""".formatted(leaseUntil))
                .param("id", other)
                .param("incarnation", incarnation)
                .update();
    }
}

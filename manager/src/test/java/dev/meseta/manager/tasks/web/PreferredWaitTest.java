package dev.meseta.manager.tasks.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.database.TestRows;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code Prefer: wait=N} with a request that becomes a task, here one that no manager knows and so nobody works on. */
class PreferredWaitTest extends ManagerIntegrationTest {

    private Answer cancel(UUID taskId, String preference) {
        return api.post("/tasks/" + taskId + "/cancel", "", "Prefer", preference);
    }

    @Test
    void a_task_that_has_ended_is_answered_with_its_end() {
        Answer answer = cancel(new TestRows(jdbc).task(UUID.randomUUID()), "respond-async, wait=10");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("state").asString()).isEqualTo("SUCCEEDED");
        assertThat(answer.header("Preference-Applied")).isEqualTo("wait=10");
    }

    @Test
    void a_task_that_has_not_ended_in_time_is_answered_as_it_is() {
        Answer answer = cancel(new TestRows(jdbc).taskOfTheFuture(UUID.randomUUID()), "wait=1");

        assertThat(answer.status()).isEqualTo(202);
        assertThat(answer.json().path("state").asString()).isEqualTo("PENDING");
        assertThat(answer.header("Location")).contains("/tasks/");
    }

    @Test
    void the_answer_comes_when_the_task_ends() {
        UUID task = new TestRows(jdbc).taskOfTheFuture(UUID.randomUUID());
        var answer = CompletableFuture.supplyAsync(() -> cancel(task, "wait=50"));

        jdbc.sql("UPDATE task SET state = 'CANCELLED', phase = 'CANCELLED', finished_at = now() WHERE id = :id")
                .param("id", task)
                .update();

        assertThat(answer.join().status()).isEqualTo(200);
        assertThat(answer.join().json().path("state").asString()).isEqualTo("CANCELLED");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            wait=5                     | 5
            respond-async, wait=7      | 7
            WAIT = "9" ; x=1           | 9
            wait=3600                  | 50
            """)
    void the_wish_is_read_as_the_standard_writes_it(String preference, int seconds) {
        assertThat(PreferredWait.secondsIn(List.of("return=minimal", preference)))
                .contains(seconds);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "wait", "wait=-1", "wait=soon", "await=5", "wait=1.5", "wait=99999999999"})
    void what_cannot_be_read_is_no_wish(String preference) {
        assertThat(PreferredWait.secondsIn(List.of(preference))).isEmpty();
    }
}

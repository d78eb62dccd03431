package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient;
import dev.meseta.manager.ManagerIntegrationTest;
import org.junit.jupiter.api.Test;

/** What Prometheus gets to read. */
class MetricsTest extends ManagerIntegrationTest {

    @Test
    void metrics_of_every_part_are_there() {
        ApiClient.Answer answer = api.get("/metrics");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.text())
                .contains("meseta_events_watchers")
                .contains("meseta_events_lost_total")
                .contains("hikaricp_connections_active")
                .contains("http_server_requests_seconds_count")
                .contains("jvm_memory_used_bytes");
    }

    @Test
    void a_row_that_has_gone_is_no_longer_counted() {
        jdbc.sql("""
                        INSERT INTO task (id, kind, schema_version, state, phase, payload, target_kind, target_id, target_name,
                            exclusive, correlation_id, requested_by, created_at, updated_at)
                        SELECT gen_random_uuid(), 'test.metrics', 99, 'PENDING', 'FIRST', '{}', 'vm', gen_random_uuid(), 'm',
                            false, '', '', now(), now()
                        """).update();
        assertThat(api.get("/metrics").text()).contains("meseta_tasks_unfinished{kind=\"test.metrics\"} 1.0");

        jdbc.sql("DELETE FROM task WHERE kind = 'test.metrics'").update();
        assertThat(api.get("/metrics").text()).doesNotContain("test.metrics");
    }
}

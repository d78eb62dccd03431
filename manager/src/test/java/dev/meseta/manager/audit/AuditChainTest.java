package dev.meseta.manager.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.audit.AuditVerifier;
import dev.meseta.audit.AuditVerifier.BrokenException;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;

/** The audit log of a whole manager, verified as somebody outside would. */
class AuditChainTest extends ManagerIntegrationTest {

    @Autowired
    private Audit audit;

    @Autowired
    private AuditSeal seal;

    @Autowired
    private CertificateAuthorities authorities;

    @Autowired
    private UuidGenerator ids;

    private List<String> export() {
        return Arrays.asList(api.get("/audit/export").text().split("\n"));
    }

    private AuditVerifier.Report verify(List<String> lines) throws BrokenException {
        AuditVerifier verifier = new AuditVerifier(Optional.of(authorities.fingerprint(Purpose.AUDIT)), false);
        for (String line : lines) {
            verifier.read(line);
        }
        return verifier.finish();
    }

    private void record(String action) {
        audit.record(new Audit.Entry(
                "tester",
                "127.0.0.1",
                action,
                "vms",
                "an id",
                "a name",
                Audit.Outcome.SUCCESS,
                "",
                ids.next().toString(),
                Map.of()));
    }

    @Test
    void what_a_manager_writes_is_whole_and_sealed() throws Exception {
        record("first");
        seal.now();
        AuditVerifier.Report report = verify(export());
        assertThat(report.records()).isPositive();
        assertThat(report.checkpoints()).isPositive();
        assertThat(report.authority()).isEqualTo(authorities.fingerprint(Purpose.AUDIT));
        assertThat(export()).anyMatch(line -> line.contains("\"first\"") && line.contains("\"objectName\":\"a name\""));
    }

    @Test
    void values_that_are_written_in_more_than_one_way_come_back_as_they_were_hashed() throws Exception {
        audit.record(new Audit.Entry(
                "ñ\ud83d\ude00 \ud800 lone \0 nul \u0007 bell \u2028",
                "x".repeat(499) + "\ud83d\ude00",
                "odd values",
                "",
                "",
                Audit.Outcome.FAILED,
                "",
                "",
                Map.of(
                        "fraction",
                        1.50,
                        "large",
                        Long.MAX_VALUE,
                        "whole",
                        7,
                        "list",
                        List.of(true, "a\tb", Map.of("z", 1, "a", 2)),
                        "quote\"key",
                        "\\")));
        seal.now();
        assertThat(verify(export()).records()).isPositive();
    }

    @Test
    void many_at_the_same_time_are_all_there_in_one_chain() throws Exception {
        long threads = 16;
        int each = 50;
        List<Callable<Long>> work = new ArrayList<>();
        for (int thread = 0; thread < (int) threads; thread++) {
            String name = "concurrent-" + thread;
            work.add(() -> {
                long begin = System.nanoTime();
                for (int number = 0; number < each; number++) {
                    record(name);
                }
                return System.nanoTime() - begin;
            });
        }
        try (ExecutorService executor = Executors.newFixedThreadPool((int) threads)) {
            long used = 0;
            for (Future<Long> done : executor.invokeAll(work)) {
                used += done.get();
            }
            long[] alone = new long[400];
            for (int number = 0; number < alone.length; number++) {
                long begin = System.nanoTime();
                record("alone");
                alone[number] = System.nanoTime() - begin;
            }
            Arrays.sort(alone);
            System.out.printf("an audit record alone takes %.2f ms in the median%n", alone[alone.length / 2] / 1e6);
            System.out.printf("an audit record took %.2f ms of its caller's time%n", used / 1e6 / (threads * each));
        }
        seal.now();
        List<String> lines = export();
        assertThat(lines.stream()
                        .filter(line -> line.contains("\"action\":\"concurrent-"))
                        .count())
                .isEqualTo(threads * each);
        assertThat(verify(lines).unsealed()).isLessThan(5);
    }

    @Test
    void what_was_done_behind_the_manager_is_found() throws Exception {
        record("before");
        record("victim");
        record("after");
        seal.now();
        List<String> lines = new ArrayList<>(export());
        int victim = 0;
        while (!lines.get(victim).contains("\"action\":\"victim\"")) {
            victim++;
        }
        List<String> altered = new ArrayList<>(lines);
        altered.set(victim, lines.get(victim).replace("tester", "nobody"));
        int place = victim + 1;
        assertThatThrownBy(() -> verify(altered)).hasMessageStartingWith("line %d: record".formatted(place));
        String unused = lines.remove(victim);
        assertThatThrownBy(() -> verify(lines)).isInstanceOf(BrokenException.class);
    }

    @Test
    void the_database_lets_nobody_change_or_remove_what_was_written() {
        record("kept");
        seal.now();
        for (String statement : List.of(
                "UPDATE audit_record SET principal = 'nobody'",
                "DELETE FROM audit_record",
                "TRUNCATE audit_record",
                "DELETE FROM audit_checkpoint",
                "UPDATE audit_checkpoint SET hash = ''",
                "TRUNCATE audit_checkpoint",
                "DELETE FROM audit_lane",
                "TRUNCATE audit_lane CASCADE")) {
            assertThatThrownBy(() -> jdbc.sql(statement).update())
                    .as(statement)
                    .isInstanceOf(DataAccessException.class)
                    .rootCause()
                    .hasMessageContaining("The audit log can only be added to");
        }
    }

    @Test
    void the_log_is_searched_by_who_what_and_how_it_ended() {
        record("searched-for");
        api.post("/vms", "{\"name\":1}");
        assertThat(api.get("/audit?q=action:searched-for").json().path("items"))
                .singleElement()
                .satisfies(found -> {
                    assertThat(found.path("principal").asString()).isEqualTo("tester");
                    assertThat(found.path("objectName").asString()).isEqualTo("a name");
                    assertThat(found.path("number").longValue()).isPositive();
                });
        assertThat(api.get("/audit?limit=1&q=who:admin%20outcome:REFUSED")
                        .json()
                        .path("items")
                        .path(0)
                        .path("action")
                        .asString())
                .startsWith("POST /api/v1/");
        assertThat(api.get("/audit?q=object:%22a%20name%22%20who:nobody").json().path("items"))
                .isEmpty();
        List<String> unused = export();
        assertThat(api.get("/audit?q=action:%22GET%20/api/v1/audit/export%22")
                        .json()
                        .path("items")
                        .size())
                .isPositive();
        assertThat(api.get("/audit?q=password:x").status()).isEqualTo(400);
    }

    @Test
    void a_span_of_time_has_no_holes_whatever_clocks_say() throws Exception {
        record("span-first");
        record("span-second");
        record("span-third");
        seal.now();
        // The lane's clock went back: the record in the middle is the latest.
        jdbc.sql("ALTER TABLE audit_record DISABLE TRIGGER audit_record_only_grows")
                .update();
        try {
            jdbc.sql("UPDATE audit_record SET at = at + interval '1 day' WHERE action = 'span-second'")
                    .update();
            String from = jdbc.sql("SELECT at FROM audit_record WHERE action = 'span-first'")
                    .query(Instant.class)
                    .single()
                    .toString();
            String until = jdbc.sql("SELECT max(at) FROM audit_record WHERE action = 'span-third'")
                    .query(Instant.class)
                    .single()
                    .plusSeconds(1)
                    .toString();
            assertThat(api.get("/audit/export?from=%s&to=%s".formatted(from, until))
                            .text())
                    .contains("span-first", "span-second", "span-third");
        } finally {
            jdbc.sql("UPDATE audit_record SET at = at - interval '1 day' WHERE action = 'span-second'")
                    .update();
            jdbc.sql("ALTER TABLE audit_record ENABLE TRIGGER audit_record_only_grows")
                    .update();
        }
        assertThat(verify(export()).records()).isPositive();
    }

    @Test
    void a_part_of_the_log_is_verified_as_a_part() throws Exception {
        record("early");
        seal.now();
        Instant from = jdbc.sql("SELECT max(at) FROM audit_record")
                .query(Instant.class)
                .single();
        record("late");
        seal.now();
        List<String> lines =
                Arrays.asList(api.get("/audit/export?from=" + from).text().split("\n"));
        assertThatThrownBy(() -> verify(lines)).isInstanceOf(BrokenException.class);
        AuditVerifier verifier = new AuditVerifier(Optional.empty(), true);
        for (String line : lines) {
            verifier.read(line);
        }
        assertThat(verifier.finish().records()).isPositive();
    }
}

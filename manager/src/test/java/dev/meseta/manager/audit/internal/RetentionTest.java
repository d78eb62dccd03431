package dev.meseta.manager.audit.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.audit.AuditVerifier;
import dev.meseta.audit.AuditVerifier.BrokenException;
import dev.meseta.manager.ManagerIntegrationTest;
import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.AuditSeal;
import dev.meseta.manager.audit.CommittedAudit;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.dao.DataAccessException;
import org.springframework.transaction.PlatformTransactionManager;
import tools.jackson.databind.JsonNode;

/** Removing old records of a whole manager's log, which stays provable. */
class RetentionTest extends ManagerIntegrationTest {

    @Autowired
    private Audit audit;

    @Autowired
    private CommittedAudit committed;

    @Autowired
    private AuditSeal seal;

    @Autowired
    private AuditRows rows;

    @Autowired
    private Checkpoints checkpoints;

    @Autowired
    private PlatformTransactionManager transactions;

    @Autowired
    private UuidGenerator ids;

    @Autowired
    private CertificateAuthorities authorities;

    @Autowired
    private InstantSource clock;

    /** A checkpoint that comes by itself would be the newest, which stays. */
    @BeforeEach
    void nobodyElseSeals() {
        checkpoints.stop();
    }

    @AfterEach
    void othersMay() {
        checkpoints.start();
    }

    private void record(String action) {
        audit.record(new Audit.Entry("tester", "", action, "", "", Audit.Outcome.SUCCESS, "", "c", Map.of()));
    }

    /** As of ten days and a bit from now. */
    private Retention inTenDays() {
        return new Retention(
                jdbc,
                rows,
                checkpoints,
                committed,
                transactions,
                ids,
                InstantSource.fixed(clock.instant().plus(Duration.ofDays(10)).plusSeconds(60)));
    }

    private List<String> export() {
        return new ArrayList<>(Arrays.asList(api.get("/audit/export").text().split("\n")));
    }

    private AuditVerifier.Report verify(List<String> lines) throws BrokenException {
        AuditVerifier verifier = new AuditVerifier(Optional.of(authorities.fingerprint(Purpose.AUDIT)), false);
        for (String line : lines) {
            verifier.read(line);
        }
        return verifier.finish();
    }

    private long recorded(String action) {
        return jdbc.sql("SELECT count(*) FROM audit_record WHERE action = :action")
                .param("action", action)
                .query(Long.class)
                .single();
    }

    @Test
    void what_is_old_goes_and_the_rest_is_whole_from_the_anchor_on() throws Exception {
        record("retention-old");
        seal.now();
        record("retention-young");
        seal.now();
        assertThat(inTenDays().removeOlderThan(11)).isZero();
        long removed = inTenDays().removeOlderThan(10);
        assertThat(removed).isPositive();
        assertThat(recorded("retention-old")).isZero();
        assertThat(recorded("retention-young")).isEqualTo(1);
        record("retention-after");
        // By the second one, what came with the transaction is in the chain.
        record("retention-after");
        seal.now();
        List<String> lines = export();
        assertThat(lines.get(1)).contains("\"kind\":\"anchor\"");
        AuditVerifier.Report report = verify(lines);
        assertThat(report.anchor()).isPositive();
        assertThat(report.checkpoints()).isPositive();
        JsonNode verdict = api.get("/audit/verify").json();
        assertThat(verdict.path("whole").booleanValue()).as(verdict.toString()).isTrue();
        assertThat(verdict.path("anchor").longValue()).isEqualTo(report.anchor());
        JsonNode record = api.get("/audit?limit=1&q=action:audit.removed")
                .json()
                .path("items")
                .path(0);
        assertThat(record.path("detail").path("records").longValue()).isEqualTo(removed);
        assertThat(record.path("detail").path("keepDays").intValue()).isEqualTo(10);

        List<String> withoutAnchor = new ArrayList<>(lines);
        String unusedAnchor = withoutAnchor.remove(1);
        assertThatThrownBy(() -> verify(withoutAnchor)).isInstanceOf(BrokenException.class);
        List<String> cutFurther = new ArrayList<>(lines);
        String unusedRecord = cutFurther.remove(2);
        assertThatThrownBy(() -> verify(cutFurther)).isInstanceOf(BrokenException.class);
        List<String> forged = new ArrayList<>(lines);
        forged.set(1, lines.get(1).replace("\"keepDays\":10", "\"keepDays\":1"));
        assertThatThrownBy(() -> verify(forged)).hasMessageContaining("has been altered");
    }

    @Test
    void it_can_be_done_again_and_a_lane_that_was_silent_goes_on() throws Exception {
        for (int round = 0; round < 3; round++) {
            record("retention-round-" + round);
            seal.now();
            record("retention-between");
            seal.now();
            long unused = inTenDays().removeOlderThan(10);
            assertThat(verify(export()).anchor()).isPositive();
        }
        assertThat(recorded("retention-round-0")).isZero();
    }

    @Test
    void the_database_lets_nothing_go_that_no_anchor_covers() throws Exception {
        record("protected-old");
        seal.now();
        record("protected");
        seal.now();
        long unused = inTenDays().removeOlderThan(10);
        for (String statement : List.of(
                "DELETE FROM audit_record",
                "DELETE FROM audit_checkpoint",
                "DELETE FROM audit_anchor",
                "UPDATE audit_anchor SET checkpoint = 1",
                "DELETE FROM audit_floor",
                "UPDATE audit_floor SET number = 0",
                "TRUNCATE audit_anchor",
                "SELECT audit_forget('{\"number\":1,\"previous\":\"x\",\"heads\":[]}')")) {
            assertThatThrownBy(() -> {
                        if (statement.startsWith("SELECT")) {
                            jdbc.sql(statement).query(String.class).list();
                        } else {
                            jdbc.sql(statement).update();
                        }
                    })
                    .as(statement)
                    .isInstanceOf(DataAccessException.class);
        }
        assertThat(recorded("protected")).isEqualTo(1);
    }
}

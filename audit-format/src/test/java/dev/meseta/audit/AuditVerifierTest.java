package dev.meseta.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.audit.AuditVerifier.BrokenException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Whatever is done to a log that ends with a checkpoint is found; what is left alone is not complained of. */
@Tag("unit")
class AuditVerifierTest {

    private static final int ROUNDS = 40;

    private final TestAuthority authority = new TestAuthority();

    /** Something that is done to a log; false: there was nothing to do it to. */
    private interface Tampering {
        boolean with(List<String> lines, SplittableRandom random);
    }

    private AuditVerifier.Report verify(List<String> lines) throws BrokenException {
        return verify(lines, new AuditVerifier(Optional.of(authority.fingerprint()), false));
    }

    private static AuditVerifier.Report verify(List<String> lines, AuditVerifier verifier) throws BrokenException {
        for (String line : lines) {
            verifier.read(line);
        }
        return verifier.finish();
    }

    private void isAlwaysFound(String what, Tampering tampering) {
        long seed = System.nanoTime();
        SplittableRandom random = new SplittableRandom(seed);
        System.out.println(what + ": seed " + seed);
        int done = 0;
        for (int round = 0; round < ROUNDS; round++) {
            List<String> lines = new ArrayList<>(WrittenLog.of(authority, random, 30).lines);
            if (tampering.with(lines, random)) {
                done++;
                assertThatThrownBy(() -> verify(lines))
                        .as("%s, seed %d, round %d", what, seed, round)
                        .isInstanceOf(BrokenException.class);
            }
        }
        assertThat(done).isGreaterThan(ROUNDS / 2);
    }

    /** Any line but the first and the last, which have tests of their own. */
    private static int somewhere(List<String> lines, SplittableRandom random) {
        return 1 + random.nextInt(lines.size() - 2);
    }

    @Test
    void anUntouchedLogIsWhole() throws BrokenException {
        WrittenLog log = WrittenLog.of(authority, new SplittableRandom(1), 200);
        AuditVerifier.Report report = verify(log.lines);
        assertThat(report.records()).isEqualTo(200);
        assertThat(report.lanes()).isEqualTo(3);
        assertThat(report.unsealed()).isZero();
        assertThat(report.unprotected()).isZero();
        assertThat(report.authority()).isEqualTo(authority.fingerprint());
        assertThat(report.lastCheckpoint()).isEqualTo(report.checkpoints()).isPositive();

        log.record("lane-1", "late");
        assertThat(verify(log.lines).unsealed()).isEqualTo(1);
    }

    @Test
    void aCharacterThatWasChangedIsFound() {
        isAlwaysFound("character changed", (lines, random) -> {
            int index = random.nextInt(lines.size());
            StringBuilder line = new StringBuilder(lines.get(index));
            int place = random.nextInt(line.length());
            char before = line.charAt(place);
            char after = (char) ('0' + random.nextInt(75));
            line.setCharAt(place, after);
            lines.set(index, line.toString());
            return before != after && !sameJson(line.toString(), before, place);
        });
    }

    /** An escape that is written otherwise says the same. */
    private static boolean sameJson(String changed, char before, int place) {
        StringBuilder original = new StringBuilder(changed);
        original.setCharAt(place, before);
        try {
            return WrittenLog.JSON.readTree(changed).equals(WrittenLog.JSON.readTree(original.toString()));
        } catch (tools.jackson.core.JacksonException broken) {
            return false;
        }
    }

    @Test
    void aRecordThatWasRewrittenWithAHashThatFitsIsFound() {
        isAlwaysFound("rewritten", (lines, random) -> {
            int index = somewhere(lines, random);
            JsonNode line = WrittenLog.JSON.readTree(lines.get(index));
            if (!line.required("kind").stringValue().equals(AuditLines.RECORD)) {
                return false;
            }
            ObjectNode forged = (ObjectNode) line;
            forged.put("principal", "somebody else");
            String unused = AuditLines.chain(forged, forged.required("previous").stringValue());
            lines.set(index, WrittenLog.JSON.writeValueAsString(forged));
            return true;
        });
    }

    @Test
    void aWholeTailThatWasRewrittenIsFoundByTheCheckpoint() {
        isAlwaysFound("tail rewritten", (lines, random) -> {
            String before = AuditLines.NOTHING;
            boolean began = false;
            for (int index = 1; index < lines.size(); index++) {
                ObjectNode line = (ObjectNode) WrittenLog.JSON.readTree(lines.get(index));
                if (line.path("lane").asString("").equals("lane-0")) {
                    if (!began) {
                        line.put("principal", "somebody else");
                        began = true;
                    }
                    before = AuditLines.chain(line, before);
                    lines.set(index, WrittenLog.JSON.writeValueAsString(line));
                }
            }
            return began;
        });
    }

    @Test
    void aLineThatWasRemovedIsFound() {
        isAlwaysFound("removed", (lines, random) -> {
            String unused = lines.remove(somewhere(lines, random));
            return true;
        });
        isAlwaysFound("last record before the checkpoint removed", (lines, random) -> {
            String unused = lines.remove(lines.size() - 2);
            return true;
        });
        isAlwaysFound("authority removed", (lines, random) -> {
            String unused = lines.removeFirst();
            return true;
        });
        isAlwaysFound(
                "a whole lane removed",
                (lines, random) ->
                        lines.removeIf(line -> line.contains("\"lane\":\"lane-2\"") && line.contains("\"record\"")));
    }

    @Test
    void aLineThatWasDoubledMovedOrPutInIsFound() {
        isAlwaysFound("doubled", (lines, random) -> {
            int index = somewhere(lines, random);
            lines.add(index, lines.get(index));
            return true;
        });
        isAlwaysFound("changed places", (lines, random) -> {
            int index = somewhere(lines, random);
            JsonNode lane = laneOf(lines.get(index));
            // Records of different managers have no order among them.
            for (int other = index + 1; other < lines.size(); other++) {
                if (laneOf(lines.get(other)).equals(lane)) {
                    Collections.swap(lines, index, other);
                    return true;
                }
            }
            return false;
        });
        isAlwaysFound("put in", (lines, random) -> {
            ObjectNode line = WrittenLog.JSON
                    .createObjectNode()
                    .put("kind", AuditLines.RECORD)
                    .put("lane", "lane-0")
                    .put("number", 1 + random.nextInt(10))
                    .put("principal", "forged");
            String unused = AuditLines.chain(line, AuditLines.NOTHING);
            lines.add(somewhere(lines, random) + 1, WrittenLog.JSON.writeValueAsString(line));
            return lines.getFirst().contains(AuditLines.AUTHORITY)
                    && lines.stream()
                                    .filter(other -> other.contains("\"lane-0\""))
                                    .count()
                            > 2;
        });
        isAlwaysFound("put in beside a property", (lines, random) -> {
            int index = somewhere(lines, random);
            lines.set(index, lines.get(index).replaceFirst("\\{", "{\"principal\":\"somebody else\","));
            return lines.get(index).indexOf("\"principal\"") != lines.get(index).lastIndexOf("\"principal\"");
        });
    }

    private static JsonNode laneOf(String line) {
        return WrittenLog.JSON.readTree(line).path("lane");
    }

    @Test
    void aLogOfAnotherInstallationIsNoneOfThisOne() {
        WrittenLog foreign = WrittenLog.of(new TestAuthority(), new SplittableRandom(2), 20);
        assertThatThrownBy(() -> verify(foreign.lines)).hasMessageContaining("line 1: the authority is");

        List<String> mixed = new ArrayList<>(foreign.lines);
        mixed.set(0, WrittenLog.of(authority, new SplittableRandom(2), 1).lines.getFirst());
        assertThatThrownBy(() -> verify(mixed)).hasMessageContaining("is not signed by a manager of this installation");
    }

    @Test
    void aLogFromSomeMomentOnIsOnlyTakenWhenThatIsSaid() throws BrokenException {
        List<String> lines = new ArrayList<>(WrittenLog.of(authority, new SplittableRandom(3), 60).lines);
        lines.subList(1, 30).clear();
        assertThatThrownBy(() -> verify(lines)).isInstanceOf(BrokenException.class);
        AuditVerifier.Report report = verify(lines, new AuditVerifier(Optional.of(authority.fingerprint()), true));
        assertThat(report.records()).isPositive();
        assertThat(report.unsealed()).isZero();
    }

    @Test
    void whatManagersFromBeforeThereWasAChainWriteIsCounted() throws BrokenException {
        List<String> lines = new ArrayList<>(WrittenLog.of(authority, new SplittableRandom(4), 10).lines);
        lines.add(1, "{\"kind\":\"record\",\"principal\":\"admin\"}");
        lines.add(lines.size() - 1, "{\"kind\":\"record\",\"principal\":\"admin\"}");
        assertThat(verify(lines).unprotected()).isEqualTo(2);
    }

    @Test
    void nonsenseIsNoLog() {
        for (String line : List.of("", "{", "[]", "{\"kind\":\"other\"}", "{\"kind\":\"checkpoint\"}", "null")) {
            assertThatThrownBy(() -> verify(List.of(line))).as(line).isInstanceOf(BrokenException.class);
        }
    }

    private WrittenLog anchored() {
        WrittenLog log = new WrittenLog(authority);
        log.record("a", "ann");
        log.record("b", "ben");
        log.checkpoint();
        log.removeUpToTheNewestCheckpoint();
        log.record("a", "ann");
        log.record("c", "cem");
        log.checkpoint();
        log.record("b", "ben");
        log.checkpoint();
        return log;
    }

    @Test
    void a_log_may_begin_at_a_signed_anchor() throws Exception {
        AuditVerifier.Report report = verify(anchored().lines);
        assertThat(report.anchor()).isEqualTo(1);
        assertThat(report.records()).isEqualTo(3);
        assertThat(report.lanes()).isEqualTo(3);
        assertThat(report.lastCheckpoint()).isEqualTo(3);
        assertThat(report.unsealed()).isZero();
    }

    @Test
    void a_log_that_begins_anywhere_else_is_broken() {
        List<String> full = WrittenLog.of(authority, new SplittableRandom(7), 30).lines;
        for (int cut = 2; cut < full.size(); cut++) {
            List<String> lines = new ArrayList<>(full.subList(cut, full.size()));
            lines.addFirst(full.getFirst());
            assertThatThrownBy(() -> verify(lines))
                    .as("without %d lines", cut - 1)
                    .isInstanceOf(BrokenException.class);
        }
    }

    @Test
    void a_record_missing_right_behind_the_anchor_is_found() {
        List<String> full = anchored().lines;
        for (int missing = 1; missing < full.size() - 1; missing++) {
            List<String> lines = new ArrayList<>(full);
            String unused = lines.remove(missing);
            assertThatThrownBy(() -> verify(lines))
                    .as("without line %d", missing + 1)
                    .isInstanceOf(BrokenException.class);
        }
    }

    @Test
    void an_anchor_that_nobody_of_this_installation_signed_is_none() {
        WrittenLog log = anchored();
        ObjectNode anchor = (ObjectNode) WrittenLog.JSON.readTree(log.lines.get(1));
        ObjectNode head = (ObjectNode) anchor.path("heads").path(0);
        head.put("number", 5);
        String unused = AuditLines.chain(anchor, anchor.required("previous").stringValue());
        List<String> forged = new ArrayList<>(log.lines);
        forged.set(1, WrittenLog.JSON.writeValueAsString(anchor));
        assertThatThrownBy(() -> verify(forged)).hasMessageContaining("is not signed by");
    }

    @Test
    void an_anchor_in_the_middle_hides_nothing() {
        WrittenLog log = anchored();
        List<String> lines = new ArrayList<>(log.lines);
        lines.add(3, log.lines.get(1));
        assertThatThrownBy(() -> verify(lines)).hasMessageContaining("anchor comes in the middle");
    }
}

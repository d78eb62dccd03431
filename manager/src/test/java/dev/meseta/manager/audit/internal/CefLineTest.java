package dev.meseta.manager.audit.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.internal.AuditRows.Stored;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import tools.jackson.databind.json.JsonMapper;

@Tag("unit")
class CefLineTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();
    private static final List<String> PIECES =
            List.of("|", "\\", "=", "\n", "\r", " ", "a", "key=", "\\|", "\\n", "\\=", "é", "😀", "cs1=", "\t");

    private static Stored stored(String principal, String action, String objectName, Map<String, Object> detail) {
        return new Stored(
                7,
                UUID.fromString("00000000-0000-7000-8000-000000000001"),
                3,
                "p",
                "h",
                RecordLine.of(
                        new Audit.Entry(
                                principal,
                                "192.0.2.1",
                                action,
                                "vms",
                                "id",
                                objectName,
                                Audit.Outcome.FAILED,
                                "CODE",
                                "corr",
                                detail),
                        Instant.ofEpochMilli(1_700_000_000_123L),
                        JSON));
    }

    @ParameterizedTest
    @CsvSource({"a|b,a\\|b", "a\\b,a\\\\b", "a=b,a=b", "'a\nb',a b", "a\\|b,a\\\\\\|b"})
    void a_field_of_the_header(String text, String written) {
        assertThat(CefLine.field(text)).isEqualTo(written);
    }

    @ParameterizedTest
    @CsvSource({"a|b,a|b", "a\\b,a\\\\b", "a=b,a\\=b", "'a\nb',a\\nb", "'a\r\nb',a\\r\\nb", "a\\nb,a\\\\nb"})
    void a_value_of_the_extension(String text, String written) {
        assertThat(CefLine.value(text)).isEqualTo(written);
    }

    @Test
    void a_line_is_written_like_this() {
        assertThat(CefLine.of(stored("ann", "POST /api/v1/vms", "web|1", Map.of("x", "a=b")), JSON))
                .isEqualTo("CEF:0|Meseta|Meseta|1|POST /api/v1/vms|POST /api/v1/vms|7|rt=1700000000123 suser=ann"
                        + " src=192.0.2.1 outcome=FAILED reason=CODE"
                        + " externalId=00000000-0000-7000-8000-000000000001:3 cs1=vms cs1Label=objectKind cs2=id"
                        + " cs2Label=objectId cs3=web|1 cs3Label=objectName cs4=corr cs4Label=correlationId cs5=h"
                        + " cs5Label=hash cs6={\"x\":\"a\\=b\"} cs6Label=detail");
    }

    @Test
    void whatever_goes_in_is_one_line_that_a_reader_takes_apart_into_the_same() {
        Random random = new Random(20261127);
        for (int round = 0; round < 2_000; round++) {
            String principal = "u" + text(random);
            String action = text(random);
            String name = "n" + text(random);
            String line = CefLine.of(stored(principal, action, name, Map.of("d", text(random))), JSON);
            assertThat(line).doesNotContain("\n", "\r");
            List<String> fields = new ArrayList<>();
            Map<String, String> pairs = read(line, fields);
            assertThat(fields.get(4)).isEqualTo(action.replace('\n', ' ').replace('\r', ' '));
            assertThat(pairs).containsEntry("suser", principal).containsEntry("cs3", name);
        }
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int piece = random.nextInt(8); piece > 0; piece--) {
            text.append(PIECES.get(random.nextInt(PIECES.size())));
        }
        return text.toString();
    }

    /** As a reader does: seven fields up to unescaped pipes, then pairs whose keys stand before unescaped equals signs. */
    private static Map<String, String> read(String line, List<String> fields) {
        int position = 0;
        StringBuilder field = new StringBuilder();
        while (fields.size() < 7) {
            char character = line.charAt(position++);
            if (character == '\\') {
                field.append(line.charAt(position++));
            } else if (character == '|') {
                fields.add(field.toString());
                field.setLength(0);
            } else {
                field.append(character);
            }
        }
        Map<String, String> pairs = new LinkedHashMap<>();
        String key = null;
        StringBuilder value = new StringBuilder();
        for (; position < line.length(); position++) {
            char character = line.charAt(position);
            if (character == '\\') {
                char escaped = line.charAt(++position);
                value.append(escaped == 'n' ? '\n' : escaped == 'r' ? '\r' : escaped);
            } else if (character == '=') {
                int space = value.lastIndexOf(" ");
                if (key != null) {
                    pairs.put(key, value.substring(0, space));
                }
                key = value.substring(space + 1);
                value.setLength(0);
            } else {
                value.append(character);
            }
        }
        pairs.put(String.valueOf(key), value.toString());
        return pairs;
    }
}

package dev.meseta.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

@Tag("unit")
class CanonicalJsonTest {

    private static final JsonMapper JSON = JsonMapper.builder().build();

    private static String canonical(String json) {
        return new String(CanonicalJson.bytes(JSON.readTree(json)), StandardCharsets.UTF_8);
    }

    /** The examples of RFC 8785, 3.2.3 and 3.2.2.2, as far as they have no fractions. */
    @Test
    void theExamplesOfTheRfc() {
        assertThat(
                        canonical(
                                "{\"\\u20ac\":1,\"\\r\":2,\"\\ufb33\":3,\"1\":4,\"\\ud83d\\ude00\":5,\"\\u0080\":6,\"\\u00f6\":7}"))
                .isEqualTo(
                        "{\"\\r\":2,\"1\":4,\"\u0080\":6,\"\u00f6\":7,\"\u20ac\":1,\"\ud83d\ude00\":5,\"\ufb33\":3}");
        assertThat(
                        canonical(
                                "{ \"string\": \"\\u20ac$\\u000F\\u000aA'\\u0042\\u0022\\u005c\\\\\\\"\\/\", \"literals\": [null, true, false] }"))
                .isEqualTo("{\"literals\":[null,true,false],\"string\":\"\u20ac$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\"}");
    }

    @Test
    void numbersThatCouldBeWrittenInMoreThanOneWayAreRefused() {
        assertThat(canonical("[0,-7,9007199254740992]")).isEqualTo("[0,-7,9007199254740992]");
        for (String number : new String[] {"1.5", "1e3", "9007199254740993", "1e400"}) {
            assertThatIllegalArgumentException().isThrownBy(() -> canonical("[" + number + "]"));
        }
    }
}

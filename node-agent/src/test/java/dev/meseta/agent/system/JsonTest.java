package dev.meseta.agent.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class JsonTest {

    @Test
    void readsWhatToolsPrint() {
        assertThat(Json.parse(" {\"a\": [1, -2.5e3, true, null, \"x\\n\\u00fc\\\"\"], \"b\": {}} "))
                .isEqualTo(Map.of("a", List.of(1L, -2500.0, true, Json.NULL, "x\nü\""), "b", Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "[1,]", "{\"a\"}", "nul", "1 2", "\"\\x\"", "\"\\u12", "{\"a\":1,}", "-", "1e"})
    void refusesEverythingElse(String text) {
        assertThatThrownBy(() -> Json.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void refusesToNestWithoutEnd() {
        assertThatThrownBy(() -> Json.parse("[".repeat(100_000))).isInstanceOf(IllegalArgumentException.class);
    }
}

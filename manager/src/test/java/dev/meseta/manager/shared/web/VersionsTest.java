package dev.meseta.manager.shared.web;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class VersionsTest {

    @Test
    void what_was_given_out_is_taken_back() {
        assertThat(Versions.expected(Versions.entityTag(7))).isEqualTo(7L);
        assertThat(Versions.expected(null)).isNull();
        assertThat(Versions.expected("*")).isNull();
    }

    @Test
    void anything_else_is_refused() {
        for (String bad :
                List.of("7", "W/\"7\"", "\"x\"", "\"\"", "\"7\", \"8\"", "\"-1\"", "\"9999999999999999999\"")) {
            assertThatThrownBy(() -> Versions.expected(bad))
                    .as(bad)
                    .isInstanceOfSatisfying(
                            MesetaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST));
        }
        assertThatThrownBy(() -> Versions.required(null))
                .isInstanceOfSatisfying(
                        MesetaException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_FAILED));
    }
}

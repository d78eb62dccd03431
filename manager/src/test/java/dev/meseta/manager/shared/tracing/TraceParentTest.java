package dev.meseta.manager.shared.tracing;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("unit")
class TraceParentTest {

    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    void a_header_is_read_and_written() {
        String header = "00-" + TRACE + "-" + SPAN + "-01";

        assertThat(TraceParent.parse(header)).contains(new TraceParent(TRACE, SPAN, true));
        assertThat(new TraceParent(TRACE, SPAN, true).header()).isEqualTo(header);
        assertThat(TraceParent.parse("00-" + TRACE + "-" + SPAN + "-02")).contains(new TraceParent(TRACE, SPAN, false));
        assertThat(TraceParent.parse("cc-" + TRACE + "-" + SPAN + "-01-what-comes-later"))
                .contains(new TraceParent(TRACE, SPAN, true));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "00",
                "00-" + TRACE + "-" + SPAN,
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-01\n"
            })
    void what_is_no_such_header_is_overlooked(@org.jspecify.annotations.Nullable String header) {
        assertThat(TraceParent.parse(header)).isEmpty();
    }
}

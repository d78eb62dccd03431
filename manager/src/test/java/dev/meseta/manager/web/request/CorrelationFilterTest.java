package dev.meseta.manager.web.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.mock.web.MockFilterChain;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

@Tag("unit")
class CorrelationFilterTest {

    private static final String TRACE_PARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

    @Test
    void a_harmless_id_of_the_client_is_kept() throws Exception {
        assertThat(answered(Map.of("X-Correlation-Id", "order-4711"))).isEqualTo("order-4711");
    }

    @Test
    void the_trace_that_the_client_is_in_gives_the_id() throws Exception {
        assertThat(answered(Map.of("traceparent", TRACE_PARENT))).isEqualTo("4bf92f35-77b3-4da6-a3ce-929d0e0e4736");
    }

    @Test
    void who_says_both_means_the_correlation_id() throws Exception {
        assertThat(answered(Map.of("traceparent", TRACE_PARENT, "X-Correlation-Id", "order-4711")))
                .isEqualTo("order-4711");
    }

    @Test
    void everybody_else_gets_a_new_one() throws Exception {
        Map<String, String> useless = Map.of("traceparent", "no trace", "X-Correlation-Id", "two\nlines");

        assertThat(answered(useless)).matches("[0-9a-f-]{36}").isNotEqualTo(answered(useless));
    }

    private static String answered(Map<String, String> headers) throws Exception {
        var request = new MockHttpServletRequest("GET", "/api/v1/vms");
        headers.forEach(request::addHeader);
        var response = new MockHttpServletResponse();
        new CorrelationFilter().doFilter(request, response, new MockFilterChain());
        String answered = Objects.requireNonNull(response.getHeader("X-Correlation-Id"));
        assertThat(RequestAttributes.correlationId(request)).isEqualTo(answered);
        return answered;
    }
}

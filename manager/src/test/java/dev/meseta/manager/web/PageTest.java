package dev.meseta.manager.web;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ApiClient.Answer;
import dev.meseta.manager.ManagerIntegrationTest;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The files of the page, which need no sign-in. */
class PageTest extends ManagerIntegrationTest {

    @Test
    void every_route_of_the_page_gets_its_index() {
        for (String path : List.of("//", "//vms", "//vms/0198c0de/tasks")) {
            Answer answer = anonymous().get(path);
            assertThat(answer.status()).as(path).isEqualTo(200);
            assertThat(answer.text()).as(path).contains("Meseta test page");
        }
    }

    @Test
    void a_file_that_is_not_there_is_not_the_index() {
        assertThat(anonymous().get("//assets/none.js").status()).isEqualTo(404);
        assertThat(anonymous().get("//favicon.png").status()).isEqualTo(404);
        assertThat(anonymous().get("//assets/%2e%2e/application.yaml").status()).isIn(400, 404);
        assertThat(anonymous().get("//../application.yaml").text()).doesNotContain("state-dir");
    }

    @Test
    void the_headers_keep_other_sites_out() {
        Answer answer = anonymous().get("//");
        assertThat(answer.header("Content-Security-Policy")).contains("default-src 'self'", "frame-ancestors 'none'");
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Strict-Transport-Security")).contains("max-age");
    }
}

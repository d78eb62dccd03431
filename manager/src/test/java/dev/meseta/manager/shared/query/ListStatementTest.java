package dev.meseta.manager.shared.query;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListStatement.Keyed;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class ListStatementTest {

    private static final String ID = "0198c0de-0000-7000-8000-000000000001";
    private static final ListFields FIELDS = ListFields.builder("v.id", ListFields.Type.ID, "name")
            .freeText("v.name")
            .freeText("v.description")
            .term("name", "v.name")
            .term("status", "o.status")
            .sort("name", "v.name", ListFields.Type.TEXT)
            .sort("createdAt", "v.created_at", ListFields.Type.TIMESTAMP)
            .build();

    private static ListStatement statement(String q, String sort, String cursor) {
        return ListStatement.of(ListRequest.of(q, sort, 2, cursor), FIELDS);
    }

    @Test
    void without_anything_it_lists_by_the_default_order() {
        assertThat(statement("", "", "").sql("v.*", "vm v"))
                .isEqualTo("SELECT v.*, CAST(v.name AS text) AS sort_key, CAST(v.id AS text) AS sort_id"
                        + " FROM vm v ORDER BY v.name, v.id LIMIT :pageLimit");
        assertThat(statement("", "", "").parameters()).containsEntry("pageLimit", 3);
    }

    @Test
    void words_are_looked_for_in_all_text_fields_and_all_must_match() {
        ListStatement statement = statement("web \"blue green\"", "", "");

        assertThat(statement.sql("*", "t"))
                .contains(
                        "(v.name ILIKE :q0 OR v.description ILIKE :q0) AND (v.name ILIKE :q1 OR v.description ILIKE :q1)");
        assertThat(statement.parameters()).containsEntry("q0", "%web%").containsEntry("q1", "%blue green%");
    }

    @Test
    void a_field_is_compared_and_a_star_stands_for_anything() {
        ListStatement statement = statement("status:UP name=web-*", "", "");

        assertThat(statement.sql("*", "t")).contains("(o.status ILIKE :q0) AND (v.name ILIKE :q1)");
        assertThat(statement.parameters()).containsEntry("q0", "UP").containsEntry("q1", "web-%");
    }

    @Test
    void nothing_a_client_writes_becomes_sql() {
        SplittableRandom random = new SplittableRandom(5);
        String alphabet = "ab%_*\\'\";-:= \t()$\u00e9\u202e";
        for (int i = 0; i < 2000; i++) {
            StringBuilder q = new StringBuilder();
            for (int c = random.nextInt(1, 12); c > 0; c--) {
                q.append(alphabet.charAt(random.nextInt(alphabet.length())));
            }
            try {
                assertThat(statement(q.toString(), "", "").sql("*", "t"))
                        .matches("SELECT \\*, [A-Za-z_(). ,]+ FROM t( WHERE [A-Za-z0-9_.:() ]+?)?"
                                + " ORDER BY v.name, v.id LIMIT :pageLimit");
            } catch (MesetaException e) {
                assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST);
            }
        }
    }

    @Test
    void wildcards_of_sql_are_plain_characters() {
        assertThat(statement("100%_\\", "", "").parameters()).containsEntry("q0", "%100\\%\\_\\\\%");
    }

    @Test
    void a_page_that_is_not_the_last_leads_to_the_next() {
        ListStatement first = statement("", "-createdAt", "");

        Page<String> page = first.page(List.of(
                new Keyed<>("a", "2026-11-22 12:00:00.5+00", ID),
                new Keyed<>("b", "2026-11-22 11:00:00.123456+00", ID),
                new Keyed<>("c", "2026-11-22 10:00:00+00", ID)));

        assertThat(page.items()).containsExactly("a", "b");
        ListStatement next = statement("", "-createdAt", Objects.requireNonNull(page.nextCursor()));
        assertThat(next.sql("*", "t"))
                .contains("WHERE (v.created_at, v.id) < (CAST(:cursorKey AS timestamptz), CAST(:cursorId AS uuid))")
                .contains("ORDER BY v.created_at DESC, v.id DESC");
        assertThat(next.parameters())
                .containsEntry("cursorKey", "2026-11-22 11:00:00.123456+00")
                .containsEntry("cursorId", ID);
    }

    @Test
    void the_last_page_leads_nowhere() {
        assertThat(statement("", "", "")
                        .page(List.of(new Keyed<>("a", "a", ID)))
                        .nextCursor())
                .isNull();
    }

    @Test
    void a_cursor_of_another_order_or_with_other_types_is_refused() {
        List<String> bad = List.of(
                "%",
                encoded("x"),
                encoded("-name\n" + ID + "\na"),
                encoded("createdAt\n" + ID + "\nyesterday"),
                encoded("createdAt\n" + ID + "\n2026-13-45 10:00:00+00"),
                encoded("name\nno-uuid\na"),
                encoded("name\n" + ID + "\n\0"));
        for (String cursor : bad) {
            for (String sort : List.of("name", "createdAt")) {
                assertThatThrownBy(() -> statement("", sort, cursor))
                        .as("%s %s", sort, cursor)
                        .isInstanceOfSatisfying(
                                MesetaException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.MALFORMED_REQUEST));
            }
        }
    }

    @Test
    void refusals_name_what_is_possible() {
        assertThatThrownBy(() -> statement("colour:red", "", "")).hasMessageContaining("name, status");
        assertThatThrownBy(() -> statement("", "password", "")).hasMessageContaining("createdAt, name");
        assertThatThrownBy(() -> statement("\"open", "", "")).hasMessageContaining("quote");
        assertThatThrownBy(() -> ListRequest.of(null, null, 0, null)).hasMessageContaining("between 1 and 500");
    }

    private static String encoded(String text) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}

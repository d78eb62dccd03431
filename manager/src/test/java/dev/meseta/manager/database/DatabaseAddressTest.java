package dev.meseta.manager.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** No password stays where it could be printed. */
@Tag("unit")
class DatabaseAddressTest {

    @Test
    void name_and_password_leave_the_url() {
        var address = DatabaseAddress.of(
                "jdbc:postgresql://db:5432/meseta?user=m%40x&sslmode=require&password=s%26cret", "", "");

        assertThat(address.url()).isEqualTo("jdbc:postgresql://db:5432/meseta?sslmode=require");
        assertThat(address.username()).isEqualTo("m@x");
        assertThat(address.password()).isEqualTo("s&cret");
        assertThat(address.toString()).doesNotContain("cret", "m@x");
    }

    @Test
    void what_is_given_beside_the_url_counts_more() {
        var address = DatabaseAddress.of("jdbc:postgresql:meseta?user=a&password=b", "c", "d");

        assertThat(address.url()).isEqualTo("jdbc:postgresql:meseta");
        assertThat(address.username()).isEqualTo("c");
        assertThat(address.password()).isEqualTo("d");
    }

    @Test
    void a_url_without_parameters_stays_as_it_is() {
        assertThat(DatabaseAddress.of("jdbc:postgresql://db/meseta", "a", "b").url())
                .isEqualTo("jdbc:postgresql://db/meseta");
    }

    @Test
    void another_database_is_refused_without_printing_the_url() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> DatabaseAddress.of("jdbc:mysql://db/meseta?password=secret", "", ""))
                .withMessageNotContaining("secret");
    }
}

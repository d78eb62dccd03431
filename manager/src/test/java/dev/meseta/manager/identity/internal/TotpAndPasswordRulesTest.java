package dev.meseta.manager.identity.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
class TotpAndPasswordRulesTest {

    private static final byte[] SECRET = "12345678901234567890".getBytes(StandardCharsets.US_ASCII);

    private final PasswordRules rules = new PasswordRules(new BreachedPasswords());

    @Test
    void the_codes_are_those_of_the_rfc() {
        assertThat(Totp.code(SECRET, Instant.ofEpochSecond(59))).isEqualTo("287082");
        assertThat(Totp.code(SECRET, Instant.ofEpochSecond(1111111109))).isEqualTo("081804");
        assertThat(Totp.code(SECRET, Instant.ofEpochSecond(2000000000))).isEqualTo("279037");
    }

    @Test
    void a_code_is_good_one_step_early_and_late_and_no_more() {
        Instant now = Instant.ofEpochSecond(30_000);
        assertThat(Totp.stepOf(SECRET, Totp.code(SECRET, now), now)).hasValue(1000);
        assertThat(Totp.stepOf(SECRET, Totp.code(SECRET, now.minusSeconds(30)), now))
                .hasValue(999);
        assertThat(Totp.stepOf(SECRET, Totp.code(SECRET, now.plusSeconds(30)), now))
                .hasValue(1001);
        assertThat(Totp.stepOf(SECRET, Totp.code(SECRET, now.minusSeconds(60)), now))
                .isEmpty();
        assertThat(Totp.stepOf(SECRET, "", now)).isEmpty();
    }

    @Test
    void the_address_for_applications_quotes_what_is_in_a_name() {
        assertThat(Totp.uri("a b&c", SECRET))
                .isEqualTo("otpauth://totp/Meseta:a%20b%26c?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Meseta"
                        + "&algorithm=SHA1&digits=6&period=30");
    }

    @Test
    void a_long_password_that_nobody_tries_first_is_allowed() {
        for (String password : List.of("grapes under a table", "Nx8kd0-2lsmA1z", "ñandú corre sin parar")) {
            assertThatCode(() -> rules.check("wanted", "maria", password)).doesNotThrowAnyException();
        }
    }

    @Test
    void other_passwords_are_refused_without_being_repeated() {
        for (String password : List.of(
                "eleven.char",
                "aaaaaaaaaaaaaaaa",
                "maria-was-here",
                "password1234",
                "Sunshine2024!!",
                "passwordpassword",
                "x".repeat(1_000_000))) {
            assertThatThrownBy(() -> rules.check("wanted", "maria", password))
                    .isInstanceOfSatisfying(MesetaException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.VALIDATION_FAILED);
                        assertThat(e.fieldErrors().getFirst().field()).isEqualTo("wanted");
                        assertThat(e.getMessage()).doesNotContain(password);
                    });
        }
    }

    @Test
    void the_longest_password_is_counted_in_bytes() {
        assertThat(PasswordRules.isBearable("ñ".repeat(512))).isTrue();
        assertThat(PasswordRules.isBearable("ñ".repeat(513))).isFalse();
    }
}

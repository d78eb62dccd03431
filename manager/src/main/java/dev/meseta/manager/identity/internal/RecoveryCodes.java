package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.Secrets;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Ten codes of 80 bits, each good once. Only hashes are kept. */
@Repository
class RecoveryCodes {

    static final int NUMBER = 10;
    private static final int BYTES = 10;

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();

    RecoveryCodes(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    /** Takes the place of all there were; in a transaction of the caller's. */
    List<String> renew(UUID userId) {
        forget(userId);
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < NUMBER; i++) {
            byte[] bytes = new byte[BYTES];
            random.nextBytes(bytes);
            String code = Totp.base32(bytes);
            jdbc.sql("INSERT INTO recovery_code (user_id, hash) VALUES (:user, :hash)")
                    .param("user", userId)
                    .param("hash", Secrets.hash(code))
                    .update();
            codes.add(String.join(
                    "-", code.substring(0, 4), code.substring(4, 8), code.substring(8, 12), code.substring(12)));
        }
        return codes;
    }

    /** Of several at once with the same code, one is told true. */
    boolean use(UUID userId, String code) {
        String plain = code.toUpperCase(Locale.ROOT).replaceAll("[\\s-]", "");
        return jdbc.sql("""
                        UPDATE recovery_code SET used_at = :now WHERE user_id = :user AND hash = :hash AND used_at IS NULL""")
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .param("user", userId)
                        .param("hash", Secrets.hash(plain))
                        .update()
                == 1;
    }

    int left(UUID userId) {
        return jdbc.sql("SELECT count(*) FROM recovery_code WHERE user_id = :user AND used_at IS NULL")
                .param("user", userId)
                .query(Integer.class)
                .single();
    }

    void forget(UUID userId) {
        jdbc.sql("DELETE FROM recovery_code WHERE user_id = :user")
                .param("user", userId)
                .update();
    }
}

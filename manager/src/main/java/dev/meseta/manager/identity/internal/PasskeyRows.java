package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.OwnAccount;
import dev.meseta.manager.shared.Secrets;
import dev.meseta.manager.shared.UuidGenerator;
import java.nio.ByteBuffer;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.security.web.webauthn.api.AuthenticatorTransport;
import org.springframework.security.web.webauthn.api.Bytes;
import org.springframework.security.web.webauthn.api.CredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutableCredentialRecord;
import org.springframework.security.web.webauthn.api.ImmutablePublicKeyCose;
import org.springframework.security.web.webauthn.api.PublicKeyCredentialType;
import org.springframework.stereotype.Repository;

/** Rows of passkeys and of questions that await an answer. */
@Repository
class PasskeyRows {

    private static final Duration TIME_TO_ANSWER = Duration.ofMinutes(5);

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final UuidGenerator ids;

    PasskeyRows(JdbcClient jdbc, InstantSource clock, UuidGenerator ids) {
        this.jdbc = jdbc;
        this.clock = clock;
        this.ids = ids;
    }

    static Bytes handle(UUID userId) {
        return new Bytes(ByteBuffer.allocate(16)
                .putLong(userId.getMostSignificantBits())
                .putLong(userId.getLeastSignificantBits())
                .array());
    }

    static UUID userId(Bytes handle) {
        ByteBuffer bytes = ByteBuffer.wrap(handle.getBytes());
        return new UUID(bytes.getLong(), bytes.getLong());
    }

    /** @param userId whose new authenticator is asked; null: anybody's */
    void asked(Bytes challenge, @Nullable UUID userId) {
        Instant now = clock.instant();
        jdbc.sql("DELETE FROM passkey_challenge WHERE expires_at <= :now")
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        jdbc.sql(
                        "INSERT INTO passkey_challenge (hash, user_id, expires_at) VALUES (:hash, CAST(:user AS uuid), :expires)")
                .param("hash", Secrets.hash(challenge.toBase64UrlString()))
                .param("user", userId)
                .param("expires", now.plus(TIME_TO_ANSWER).atOffset(ZoneOffset.UTC))
                .update();
    }

    /** Of several answers at once, one is told true. */
    boolean answered(Bytes challenge, @Nullable UUID userId) {
        return jdbc.sql("""
                        DELETE FROM passkey_challenge WHERE hash = :hash AND expires_at > :now
                            AND user_id IS NOT DISTINCT FROM CAST(:user AS uuid)""")
                        .param("hash", Secrets.hash(challenge.toBase64UrlString()))
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .param("user", userId)
                        .update()
                == 1;
    }

    /** False: there is one of this id already. */
    boolean insert(UUID userId, CredentialRecord credential) {
        return jdbc.sql("""
                        INSERT INTO passkey (credential_id, id, user_id, label, public_key, signature_count, user_verified,
                            backup_eligible, backup_state, transports, attestation, client_data, created_at)
                        VALUES (:credential, :id, :user, :label, :key, :count, :verified, :eligible, :state, :transports,
                            :attestation, :clientData, :now) ON CONFLICT DO NOTHING""")
                        .param("credential", credential.getCredentialId().toBase64UrlString())
                        .param("id", ids.next())
                        .param("user", userId)
                        .param("label", credential.getLabel())
                        .param("key", credential.getPublicKey().getBytes())
                        .param("count", credential.getSignatureCount())
                        .param("verified", credential.isUvInitialized())
                        .param("eligible", credential.isBackupEligible())
                        .param("state", credential.isBackupState())
                        .param(
                                "transports",
                                credential.getTransports().stream()
                                        .map(AuthenticatorTransport::getValue)
                                        .collect(Collectors.joining(",")))
                        .param("attestation", bytes(credential.getAttestationObject()))
                        .param("clientData", bytes(credential.getAttestationClientDataJSON()))
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
    }

    /**
     * False: it was removed meanwhile, and must not come back; or it counts from where it was before, as a copy of it would
     * (<a href="https://www.w3.org/TR/webauthn-3/#sctn-sign-counter">WebAuthn, signature counters</a>; passkeys that are kept in
     * several places do not count at all).
     */
    boolean used(CredentialRecord credential) {
        return jdbc.sql("""
                        UPDATE passkey SET signature_count = :count, backup_state = :state, used_at = :now
                        WHERE credential_id = :credential
                            AND (signature_count < :count OR (signature_count = 0 AND :count = 0))""")
                        .param("count", credential.getSignatureCount())
                        .param("state", credential.isBackupState())
                        .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                        .param("credential", credential.getCredentialId().toBase64UrlString())
                        .update()
                == 1;
    }

    Optional<CredentialRecord> byCredential(Bytes id) {
        return jdbc.sql("SELECT * FROM passkey WHERE credential_id = :id")
                .param("id", id.toBase64UrlString())
                .query((row, number) -> credential(row))
                .optional();
    }

    List<CredentialRecord> credentials(UUID userId) {
        return jdbc.sql("SELECT * FROM passkey WHERE user_id = :user ORDER BY id")
                .param("user", userId)
                .query((row, number) -> credential(row))
                .list();
    }

    List<OwnAccount.Passkey> list(UUID userId) {
        return jdbc.sql("SELECT id, label, created_at, used_at FROM passkey WHERE user_id = :user ORDER BY id")
                .param("user", userId)
                .query((row, number) -> new OwnAccount.Passkey(
                        row.getObject("id", UUID.class),
                        row.getString("label"),
                        StoredSessions.required(row, "created_at"),
                        StoredSessions.optional(row, "used_at")))
                .list();
    }

    boolean rename(UUID userId, UUID id, String label) {
        return jdbc.sql("UPDATE passkey SET label = :label WHERE id = :id AND user_id = :user")
                        .param("label", label)
                        .param("id", id)
                        .param("user", userId)
                        .update()
                == 1;
    }

    boolean remove(UUID userId, UUID id) {
        return jdbc.sql("DELETE FROM passkey WHERE id = :id AND user_id = :user")
                        .param("id", id)
                        .param("user", userId)
                        .update()
                == 1;
    }

    private static CredentialRecord credential(ResultSet row) throws SQLException {
        var record = ImmutableCredentialRecord.builder()
                .credentialType(PublicKeyCredentialType.PUBLIC_KEY)
                .credentialId(Bytes.fromBase64(row.getString("credential_id")))
                .userEntityUserId(handle(row.getObject("user_id", UUID.class)))
                .publicKey(new ImmutablePublicKeyCose(row.getBytes("public_key")))
                .signatureCount(row.getLong("signature_count"))
                .uvInitialized(row.getBoolean("user_verified"))
                .backupEligible(row.getBoolean("backup_eligible"))
                .backupState(row.getBoolean("backup_state"))
                .label(row.getString("label"))
                .created(StoredSessions.required(row, "created_at"))
                .transports(Arrays.stream(row.getString("transports").split(",", -1))
                        .filter(each -> !each.isEmpty())
                        .map(AuthenticatorTransport::valueOf)
                        .collect(Collectors.toSet()));
        byte[] attestation = row.getBytes("attestation");
        if (attestation != null) {
            record.attestationObject(new Bytes(attestation));
        }
        byte[] clientData = row.getBytes("client_data");
        if (clientData != null) {
            record.attestationClientDataJSON(new Bytes(clientData));
        }
        Instant used = StoredSessions.optional(row, "used_at");
        return record.lastUsed(used == null ? StoredSessions.required(row, "created_at") : used)
                .build();
    }

    private static byte @Nullable [] bytes(@Nullable Bytes bytes) {
        return bytes == null ? null : bytes.getBytes();
    }
}

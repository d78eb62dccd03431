package dev.meseta.manager.audit.internal;

import dev.meseta.audit.AuditLines;
import dev.meseta.manager.audit.AuditSeal;
import dev.meseta.manager.audit.internal.AuditRows.Head;
import dev.meseta.manager.audit.internal.AuditRows.StoredCheckpoint;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.CertificateOrder;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.shared.ManagerIdentity;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Says once a minute, when there is something new, how far every lane is, and signs that. The key lives in this process alone
 * and ends with it; its certificate is the audit authority's.
 */
@Component
class Checkpoints implements AuditSeal, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);
    private static final Duration EVERY = Duration.ofMinutes(1);
    private static final Duration VALIDITY = Duration.ofDays(3650);

    private final AuditRows rows;
    private final CertificateAuthorities authorities;
    private final ManagerIdentity identity;
    private final JsonMapper json;
    private final InstantSource clock;
    private @Nullable Signer signer;
    private volatile @Nullable ScheduledExecutorService loop;

    Checkpoints(
            AuditRows rows,
            CertificateAuthorities authorities,
            ManagerIdentity identity,
            JsonMapper json,
            InstantSource clock) {
        this.rows = rows;
        this.authorities = authorities;
        this.identity = identity;
        this.json = json;
        this.clock = clock;
    }

    private record Signer(KeyPair keys, X509Certificate certificate) {

        String sign(byte[] content) throws GeneralSecurityException {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(content);
            return Base64.getEncoder().encodeToString(signature.sign());
        }
    }

    /** Writes a checkpoint unless nothing has come since the last one, or another manager has just written it. */
    @Override
    public synchronized void now() {
        try {
            Optional<StoredCheckpoint> last = rows.lastCheckpoint();
            // Before the last record, so that what it knows has come before that.
            List<Head> heads = rows.heads();
            long lastRecord = rows.lastRecord();
            if (heads.isEmpty()
                    || last.filter(before -> before.lastRecord() == lastRecord).isPresent()) {
                return;
            }
            StoredCheckpoint next = checkpoint(last, heads, lastRecord);
            LOG.debug("Checkpoint {} of the audit log: {}", next.number(), rows.add(next) ? "written" : "another's");
        } catch (DataAccessException | TransactionException | GeneralSecurityException e) {
            LOG.warn("The audit log could not be sealed; it is tried again in a minute", e);
        }
    }

    private StoredCheckpoint checkpoint(Optional<StoredCheckpoint> last, List<Head> heads, long lastRecord)
            throws GeneralSecurityException {
        Signer signs = signer();
        Instant now = clock.instant().truncatedTo(ChronoUnit.MICROS);
        long number = last.map(StoredCheckpoint::number).orElse(0L) + 1;
        ObjectNode line = json.createObjectNode()
                .put("kind", AuditLines.CHECKPOINT)
                .put("number", number)
                .put("at", now.toString())
                .put(
                        "certificate",
                        Base64.getEncoder().encodeToString(signs.certificate().getEncoded()));
        ArrayNode known = line.putArray("heads");
        heads.forEach(head -> known.addObject()
                .put("lane", head.lane().toString())
                .put("number", head.number())
                .put("hash", head.hash()));
        String hash = AuditLines.chain(line, last.map(StoredCheckpoint::hash).orElse(AuditLines.NOTHING));
        line.put("signature", signs.sign(AuditLines.content(line)));
        return new StoredCheckpoint(number, now, lastRecord, json.writeValueAsString(line), hash);
    }

    /** A checkpoint signed anew as the beginning of the log. */
    synchronized String anchor(StoredCheckpoint checkpoint, Instant now, int keepDays) throws GeneralSecurityException {
        Signer signs = signer();
        ObjectNode line = json.createObjectNode()
                .put("kind", AuditLines.ANCHOR)
                .put("number", checkpoint.number())
                .put("at", now.truncatedTo(ChronoUnit.MICROS).toString())
                .put("keepDays", keepDays)
                .put(
                        "certificate",
                        Base64.getEncoder().encodeToString(signs.certificate().getEncoded()));
        line.set("heads", json.readTree(checkpoint.line()).required("heads"));
        String unused = AuditLines.chain(line, checkpoint.hash());
        line.put("signature", signs.sign(AuditLines.content(line)));
        return json.writeValueAsString(line);
    }

    private Signer signer() throws GeneralSecurityException {
        Signer known = signer;
        if (known == null) {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            KeyPair keys = generator.generateKeyPair();
            known = new Signer(
                    keys,
                    authorities.issue(new CertificateOrder(
                            Purpose.AUDIT,
                            keys.getPublic(),
                            null,
                            "Meseta audit log",
                            List.of(URI.create("urn:meseta:audit:" + identity.id())),
                            List.of(),
                            List.of(),
                            Set.of(),
                            VALIDITY)));
            signer = known;
        }
        return known;
    }

    @Override
    public void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("audit-checkpoints").factory());
        loop = started;
        var unused = started.scheduleWithFixedDelay(this::now, EVERY.toSeconds(), EVERY.toSeconds(), TimeUnit.SECONDS);
    }

    @Override
    public void stop() {
        ScheduledExecutorService ending = loop;
        loop = null;
        if (ending != null) {
            ending.shutdownNow();
        }
    }

    @Override
    public boolean isRunning() {
        return loop != null;
    }
}

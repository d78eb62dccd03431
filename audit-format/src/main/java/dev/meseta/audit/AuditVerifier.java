package dev.meseta.audit;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads an exported audit log line by line and stops at the first place that is not as a manager wrote it: a record that was
 * altered, removed, inserted or moved, a lane that is missing, a checkpoint that nobody of this installation signed. A log
 * whose oldest records were removed on purpose begins with a signed anchor; one that was cut anywhere else is broken. What
 * comes after the last checkpoint is chained, but could have been cut off; {@link Report#unsealed} says how much that is.
 */
public final class AuditVerifier {

    /** Of two properties of one name, one reader takes the first and another the last: such a line says two things. */
    private static final JsonMapper JSON = JsonMapper.builder(JsonFactory.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .build())
            .build();

    private final Optional<String> expectedAuthority;
    private final boolean partial;
    private final Map<String, Lane> lanes = new LinkedHashMap<>();
    private @Nullable X509Certificate authority;
    private long lines;
    private long records;
    private long checkpoints;
    private long unprotected;
    private long lastCheckpoint;
    private long anchor;
    private String lastCheckpointHash = AuditLines.NOTHING;

    /**
     * @param expectedAuthority SHA-256 of the authority's certificate (DER), lower-case hex; empty: whichever the file names,
     *     which shows that nothing was altered since, but not by whom it was written
     * @param partial whether the file may begin in the middle, as one that was exported from some moment on does
     */
    public AuditVerifier(Optional<String> expectedAuthority, boolean partial) {
        this.expectedAuthority = expectedAuthority;
        this.partial = partial;
    }

    /** Where a log is broken, and how. */
    public static final class BrokenException extends Exception {

        private static final long serialVersionUID = 1L;

        private final long line;

        BrokenException(long line, String what) {
            super("line %d: %s".formatted(line, what));
            this.line = line;
        }

        /** From 1. */
        public long line() {
            return line;
        }
    }

    /**
     * What was verified.
     *
     * @param lanes how many lives of managers wrote it
     * @param lastCheckpoint number of the newest checkpoint; 0: there is none
     * @param lastCheckpointHash to be noted elsewhere: a log that ends earlier than a checkpoint noted before was cut off
     * @param unsealed records that no checkpoint covers yet
     * @param unprotected records by managers from before there was a chain: anybody could have written them
     * @param anchor the checkpoint up to which records were removed on purpose; 0: none were
     * @param authority SHA-256 of the authority's certificate; empty when the file names none
     */
    public record Report(
            long records,
            int lanes,
            long checkpoints,
            long lastCheckpoint,
            String lastCheckpointHash,
            long unsealed,
            long unprotected,
            long anchor,
            String authority) {}

    /** @throws BrokenException when this line is not what must come here */
    public void read(String text) throws BrokenException {
        lines++;
        JsonNode line;
        try {
            line = JSON.readTree(text);
        } catch (JacksonException e) {
            throw broken("is not JSON: " + e.getOriginalMessage());
        }
        switch (line.path("kind").asString("")) {
            case AuditLines.AUTHORITY -> authority(line);
            case AuditLines.RECORD -> record(line);
            case AuditLines.CHECKPOINT -> checkpoint(line);
            case AuditLines.ANCHOR -> anchor(line);
            default -> throw broken("is of no known kind");
        }
    }

    /** @throws BrokenException when something that must have come has not */
    public Report finish() throws BrokenException {
        if (expectedAuthority.isPresent() && authority == null) {
            throw broken("the file names no authority");
        }
        return soFar();
    }

    /** What has been verified until now. */
    public Report soFar() {
        long unsealed = lanes.values().stream().mapToLong(Lane::unsealed).sum();
        return new Report(
                records,
                (int) lanes.values().stream().filter(Lane::isSeen).count(),
                checkpoints,
                lastCheckpoint,
                lastCheckpointHash,
                unsealed,
                unprotected,
                anchor,
                authority == null ? "" : fingerprint(authority));
    }

    private void authority(JsonNode line) throws BrokenException {
        if (lines != 1) {
            throw broken("names an authority in the middle of the file");
        }
        authority = certificate(line);
        String fingerprint = fingerprint(authority);
        if (expectedAuthority.isPresent() && !expectedAuthority.get().equals(fingerprint)) {
            throw broken("the authority is %s, not %s".formatted(fingerprint, expectedAuthority.get()));
        }
    }

    private void anchor(JsonNode line) throws BrokenException {
        if (records > 0 || checkpoints > 0 || anchor > 0) {
            throw broken("an anchor comes in the middle of the log");
        }
        long number = number(line);
        String what = "anchor " + number;
        String unused = hash(line, what);
        verifySignature(line, what);
        for (JsonNode head : line.path("heads")) {
            lanes.put(
                    head.path("lane").asString(""),
                    new Lane(number(head), head.path("hash").asString("")));
        }
        anchor = number;
        lastCheckpoint = number;
        lastCheckpointHash = line.path("previous").asString("");
    }

    private void record(JsonNode line) throws BrokenException {
        records++;
        if (!line.path("lane").isString()) {
            // Also among those that have one: a manager from before there was a chain may have gone on for a while.
            unprotected++;
            return;
        }
        String id = line.required("lane").stringValue();
        long number = number(line);
        Lane lane = lanes.get(id);
        if (lane == null) {
            if (number != 1 && !partial) {
                throw broken("lane %s begins with record %d: the ones before it are missing".formatted(id, number));
            }
            lane = new Lane(
                    number - 1,
                    number == 1 ? AuditLines.NOTHING : line.path("previous").asString(""));
            lanes.put(id, lane);
        }
        if (number != lane.number + 1) {
            throw broken("record %d of lane %s comes after record %d".formatted(number, id, lane.number));
        }
        if (!line.path("previous").asString("").equals(lane.hash)) {
            throw broken("record %d of lane %s does not follow the record before it".formatted(number, id));
        }
        lane.add(number, hash(line, "record %d of lane %s".formatted(number, id)));
    }

    private void checkpoint(JsonNode line) throws BrokenException {
        long number = number(line);
        String what = "checkpoint " + number;
        boolean first = checkpoints == 0 && anchor == 0;
        if (first ? number != 1 && !partial : number != lastCheckpoint + 1) {
            throw broken("%s comes after checkpoint %d".formatted(what, lastCheckpoint));
        }
        if (!(first && number != 1) && !line.path("previous").asString("").equals(lastCheckpointHash)) {
            throw broken(what + " does not follow the checkpoint before it");
        }
        String hash = hash(line, what);
        verifySignature(line, what);
        Map<String, JsonNode> heads = new HashMap<>();
        for (JsonNode head : line.path("heads")) {
            heads.put(head.path("lane").asString(""), head);
        }
        for (Map.Entry<String, JsonNode> head : heads.entrySet()) {
            seal(head.getKey(), head.getValue(), what);
        }
        checkpoints++;
        lastCheckpoint = number;
        lastCheckpointHash = hash;
    }

    private void seal(String id, JsonNode head, String what) throws BrokenException {
        Lane lane = lanes.get(id);
        long number = number(head);
        if (lane == null) {
            // An export from some moment on has nothing of managers that were gone by then.
            if (!partial) {
                throw broken("%s knows %d records of lane %s, and none is here".formatted(what, number, id));
            }
            return;
        }
        if (lane.number < number) {
            throw broken("%s knows %d records of lane %s, and %d are here".formatted(what, number, id, lane.number));
        }
        String known = lane.hashes.get(number);
        if (known != null && !known.equals(head.path("hash").asString(""))) {
            throw broken("record %d of lane %s is another one than %s knows".formatted(number, id, what));
        }
        lane.sealTo(number);
    }

    private void verifySignature(JsonNode line, String what) throws BrokenException {
        X509Certificate issuer = authority;
        if (issuer == null) {
            throw broken(what + " comes without an authority to check it by");
        }
        try {
            X509Certificate signer = certificate(line);
            signer.verify(issuer.getPublicKey());
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initVerify(signer.getPublicKey());
            signature.update(AuditLines.content(line));
            if (!signature.verify(
                    Base64.getDecoder().decode(line.path("signature").asString("")))) {
                throw broken(what + " is not signed by the manager it names");
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw broken("%s is not signed by a manager of this installation: %s".formatted(what, e.getMessage()));
        }
    }

    private String hash(JsonNode line, String what) throws BrokenException {
        String hash;
        try {
            hash = AuditLines.hash(line);
        } catch (IllegalArgumentException e) {
            throw broken("%s has been altered: %s".formatted(what, e.getMessage()));
        }
        if (!hash.equals(line.path("hash").asString(""))) {
            throw broken(what + " has been altered");
        }
        return hash;
    }

    private long number(JsonNode line) throws BrokenException {
        JsonNode number = line.path("number");
        if (!number.isIntegralNumber() || !number.canConvertToLong() || number.longValue() < 1) {
            throw broken("has no number");
        }
        return number.longValue();
    }

    private X509Certificate certificate(JsonNode line) throws BrokenException {
        try {
            return (X509Certificate) CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(
                            Base64.getDecoder().decode(line.path("certificate").asString(""))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            throw broken("has a certificate that cannot be read: " + e.getMessage());
        }
    }

    private static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(AuditLines.sha256(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a certificate that was read cannot be written", e);
        }
    }

    private BrokenException broken(String what) {
        return new BrokenException(lines, what);
    }

    /** What is known of one life of a manager. */
    private static final class Lane {

        private long number;
        private String hash;
        private long sealed;
        private boolean seen;
        /** Of records that no checkpoint has covered yet. */
        private final TreeMap<Long, String> hashes = new TreeMap<>();

        private Lane(long number, String hash) {
            this.number = number;
            this.hash = hash;
            this.sealed = number;
        }

        private boolean isSeen() {
            return seen;
        }

        private void add(long next, String nextHash) {
            seen = true;
            number = next;
            hash = nextHash;
            hashes.put(next, nextHash);
        }

        private void sealTo(long last) {
            sealed = Math.max(sealed, last);
            // The last one stays: the next checkpoint may know no more than it.
            hashes.headMap(last).clear();
        }

        private long unsealed() {
            return number - sealed;
        }
    }
}

package dev.meseta.audit;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The lines of an exported audit log. Every line is a JSON object; its {@code kind} is one of the words below. A record and
 * a checkpoint carry the hash of themselves and of the one before them.
 */
public final class AuditLines {

    /** Comes first: the certificate that signs the certificates of checkpoints. */
    public static final String AUTHORITY = "authority";

    public static final String RECORD = "record";
    public static final String CHECKPOINT = "checkpoint";

    /** A checkpoint signed anew as the beginning of the log: everything it knows has been removed on purpose. */
    public static final String ANCHOR = "anchor";

    /** The hash before the first one. */
    public static final String NOTHING = "0".repeat(64);

    private static final String HASH = "hash";
    private static final String SIGNATURE = "signature";

    private AuditLines() {}

    /** What is hashed of a line, and signed of a checkpoint: all of it but its hash and its signature. */
    public static byte[] content(JsonNode line) {
        ObjectNode content = (ObjectNode) line.deepCopy();
        content.remove(HASH);
        content.remove(SIGNATURE);
        return CanonicalJson.bytes(content);
    }

    /** SHA-256 of a line's {@link #content}, lower-case hex. */
    public static String hash(JsonNode line) {
        return HexFormat.of().formatHex(sha256(content(line)));
    }

    /** Chains a line: the hash of the one before it, and then its own, which is answered. */
    public static String chain(ObjectNode line, String previous) {
        line.put("previous", previous);
        String hash = hash(line);
        line.put(HASH, hash);
        return hash;
    }

    /** A line that begins a file: the authority's certificate in DER. */
    public static void putAuthority(ObjectNode line, byte[] certificate) {
        line.put("kind", AUTHORITY).put("certificate", Base64.getEncoder().encodeToString(certificate));
    }

    static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 does not work in this JDK", e);
        }
    }
}

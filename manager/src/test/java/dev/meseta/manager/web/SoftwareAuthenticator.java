package dev.meseta.manager.web;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.UUID;

/** What a browser and an authenticator do together, by WebAuthn Level 3 and nothing of ours. */
final class SoftwareAuthenticator {

    /** @param cose its number in COSE */
    enum Algorithm {
        ED25519(-8),
        ES256(-7);

        private final int cose;

        Algorithm(int cose) {
            this.cose = cose;
        }

        int cose() {
            return cose;
        }
    }

    private static final int PRESENT = 0x01;
    private static final int VERIFIED = 0x04;
    private static final int WITH_KEY = 0x40;
    private static final int POINT_BYTES = 32;

    private final Algorithm algorithm;
    private final String site;
    private final String origin;
    private final KeyPair keys;
    private final byte[] id = bytes(UUID.randomUUID());
    private boolean verifiesPerson = true;
    private int uses;

    SoftwareAuthenticator(Algorithm algorithm, String site, String origin) {
        this.algorithm = algorithm;
        this.site = site;
        this.origin = origin;
        try {
            KeyPairGenerator generator =
                    KeyPairGenerator.getInstance(algorithm == Algorithm.ED25519 ? "Ed25519" : "EC");
            if (algorithm == Algorithm.ES256) {
                generator.initialize(new ECGenParameterSpec("secp256r1"));
            }
            keys = generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** From now on it answers without having looked at who is there. */
    void stopVerifyingPerson() {
        verifiesPerson = false;
    }

    /** Answers {@code navigator.credentials.create}. */
    String created(String challenge) {
        byte[] data = authenticatorData(WITH_KEY, attested());
        byte[] object = joined(
                new byte[] {(byte) 0xa3},
                text("fmt"),
                text("none"),
                text("attStmt"),
                new byte[] {(byte) 0xa0},
                text("authData"),
                cborBytes(data));
        return credential("\"clientDataJSON\":\"%s\",\"attestationObject\":\"%s\",\"transports\":[\"internal\"]"
                .formatted(base64(clientData("webauthn.create", challenge)), base64(object)));
    }

    /** Answers {@code navigator.credentials.get}. */
    String shown(String challenge, String userHandle) {
        uses++;
        byte[] data = authenticatorData(0, new byte[0]);
        byte[] client = clientData("webauthn.get", challenge);
        try {
            Signature signature = Signature.getInstance(algorithm == Algorithm.ED25519 ? "Ed25519" : "SHA256withECDSA");
            signature.initSign(keys.getPrivate());
            signature.update(joined(data, sha256(client)));
            return credential(
                    "\"clientDataJSON\":\"%s\",\"authenticatorData\":\"%s\",\"signature\":\"%s\",\"userHandle\":\"%s\""
                            .formatted(base64(client), base64(data), base64(signature.sign()), userHandle));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private String credential(String response) {
        return """
                {"id":"%1$s","rawId":"%1$s","type":"public-key","authenticatorAttachment":"platform",
                 "clientExtensionResults":{},"response":{%2$s}}""".formatted(base64(id), response);
    }

    private byte[] clientData(String type, String challenge) {
        return "{\"type\":\"%s\",\"challenge\":\"%s\",\"origin\":\"%s\",\"crossOrigin\":false}"
                .formatted(type, challenge, origin)
                .getBytes(StandardCharsets.UTF_8);
    }

    private byte[] authenticatorData(int flags, byte[] attested) {
        int all = flags | PRESENT | (verifiesPerson ? VERIFIED : 0);
        byte[] counter = ByteBuffer.allocate(Integer.BYTES).putInt(uses).array();
        return joined(sha256(site.getBytes(StandardCharsets.UTF_8)), new byte[] {(byte) all}, counter, attested);
    }

    private byte[] attested() {
        byte[] length =
                ByteBuffer.allocate(Short.BYTES).putShort((short) id.length).array();
        return joined(new byte[16], length, id, key());
    }

    private byte[] key() {
        byte[] encoded = keys.getPublic().getEncoded();
        if (algorithm == Algorithm.ED25519) {
            byte[] point = Arrays.copyOfRange(encoded, encoded.length - POINT_BYTES, encoded.length);
            // OKP, EdDSA, curve Ed25519.
            return joined(new byte[] {(byte) 0xa4, 1, 1, 3, 0x27, 0x20, 6, 0x21}, cborBytes(point));
        }
        if (!(keys.getPublic() instanceof ECPublicKey)) {
            throw new IllegalStateException("no key of an elliptic curve");
        }
        byte[] x = Arrays.copyOfRange(encoded, encoded.length - 2 * POINT_BYTES, encoded.length - POINT_BYTES);
        byte[] y = Arrays.copyOfRange(encoded, encoded.length - POINT_BYTES, encoded.length);
        // EC2, ES256, curve P-256.
        return joined(
                new byte[] {(byte) 0xa5, 1, 2, 3, 0x26, 0x20, 1, 0x21}, cborBytes(x), new byte[] {0x22}, cborBytes(y));
    }

    /** Up to 23 characters. */
    private static byte[] text(String text) {
        return joined(new byte[] {(byte) (0x60 | text.length())}, text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] cborBytes(byte[] bytes) {
        return joined(
                ByteBuffer.allocate(3)
                        .put((byte) 0x59)
                        .putShort((short) bytes.length)
                        .array(),
                bytes);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] joined(byte[]... parts) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            all.writeBytes(part);
        }
        return all.toByteArray();
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}

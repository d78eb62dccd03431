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
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A discoverable passkey on a P-256 key with no attestation, as a browser would hand on its answers. What it does wrong,
 * a test tells it to. Layout of the bytes: <a href="https://www.w3.org/TR/webauthn-3/#sctn-authenticator-data">WebAuthn</a>
 * and RFC 9052 for the key.
 */
final class SoftwareAuthenticator {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final int USER_PRESENT = 0x01;
    private static final int USER_VERIFIED = 0x04;
    private static final int KEY_INCLUDED = 0x40;

    private final KeyPair key = newKey();
    private final byte[] credentialId = bytes(UUID.randomUUID());
    private byte[] userHandle = {};
    private int counter;
    private boolean verifies = true;
    private @Nullable String otherOrigin;
    private @Nullable String otherName;

    /** Of the one that takes part no more: it has the same key, and counts from where it was copied. */
    SoftwareAuthenticator at(int count) {
        counter = count;
        return this;
    }

    SoftwareAuthenticator verifying(boolean person) {
        verifies = person;
        return this;
    }

    /** A page of another site asks. */
    SoftwareAuthenticator asFor(@Nullable String origin, @Nullable String name) {
        otherOrigin = origin;
        otherName = name;
        return this;
    }

    /** @param options of the question for a new authenticator */
    String create(JsonNode options, String origin) {
        userHandle = decode(options.path("user").path("id").asString());
        ByteArrayOutputStream data =
                authenticatorData(options.path("rp").path("id").asString(), KEY_INCLUDED);
        data.writeBytes(new byte[16]);
        data.writeBytes(
                ByteBuffer.allocate(2).putShort((short) credentialId.length).array());
        data.writeBytes(credentialId);
        data.writeBytes(coseKey());

        ByteArrayOutputStream attestation = new ByteArrayOutputStream();
        attestation.write(0xa3);
        text(attestation, "fmt");
        text(attestation, "none");
        text(attestation, "attStmt");
        attestation.write(0xa0);
        text(attestation, "authData");
        attestation.write(0x58);
        attestation.write(data.size());
        attestation.writeBytes(data.toByteArray());
        return credential(Map.of(
                "clientDataJSON", encode(clientData("webauthn.create", options, origin)),
                "attestationObject", encode(attestation.toByteArray())));
    }

    /** @param options of the question that any passkey may answer */
    String get(JsonNode options, String origin) {
        counter++;
        byte[] data = authenticatorData(options.path("rpId").asString(), 0).toByteArray();
        byte[] client = clientData("webauthn.get", options, origin);
        ByteBuffer signed = ByteBuffer.allocate(data.length + 32).put(data).put(sha256(client));
        return credential(Map.of(
                "clientDataJSON", encode(client),
                "authenticatorData", encode(data),
                "signature", encode(sign(signed.array())),
                "userHandle", encode(userHandle)));
    }

    private String credential(Map<String, String> response) {
        return JSON.writeValueAsString(Map.of(
                "id", encode(credentialId),
                "rawId", encode(credentialId),
                "type", "public-key",
                "response", response,
                "clientExtensionResults", Map.of()));
    }

    private byte[] clientData(String type, JsonNode options, String origin) {
        return JSON.writeValueAsBytes(Map.of(
                "type",
                type,
                "challenge",
                options.path("challenge").asString(),
                "origin",
                otherOrigin == null ? origin : otherOrigin));
    }

    private ByteArrayOutputStream authenticatorData(String name, int flags) {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        data.writeBytes(sha256((otherName == null ? name : otherName).getBytes(StandardCharsets.UTF_8)));
        data.write(USER_PRESENT | (verifies ? USER_VERIFIED : 0) | flags);
        data.writeBytes(ByteBuffer.allocate(4).putInt(counter).array());
        return data;
    }

    private byte[] coseKey() {
        ECPublicKey point = (ECPublicKey) key.getPublic();
        ByteArrayOutputStream cose = new ByteArrayOutputStream();
        // kty: EC2, alg: ES256, crv: P-256, x, y
        cose.writeBytes(new byte[] {(byte) 0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 32});
        cose.writeBytes(coordinate(point.getW().getAffineX().toByteArray()));
        cose.writeBytes(new byte[] {0x22, 0x58, 32});
        cose.writeBytes(coordinate(point.getW().getAffineY().toByteArray()));
        return cose.toByteArray();
    }

    /** Without a sign, and as long as any other. */
    private static byte[] coordinate(byte[] number) {
        byte[] whole = new byte[32];
        int length = Math.min(number.length, whole.length);
        System.arraycopy(number, number.length - length, whole, whole.length - length, length);
        return whole;
    }

    private byte[] sign(byte[] message) {
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(message);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(byte[] message) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(message);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void text(ByteArrayOutputStream cbor, String text) {
        cbor.write(0x60 + text.length());
        cbor.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static byte[] bytes(UUID id) {
        return ByteBuffer.allocate(16)
                .putLong(id.getMostSignificantBits())
                .putLong(id.getLeastSignificantBits())
                .array();
    }

    private static String encode(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static byte[] decode(String text) {
        return Base64.getUrlDecoder().decode(text);
    }
}

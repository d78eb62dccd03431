package dev.meseta.agent.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;

/** Keys and certificates in and out of bytes and PEM. */
public final class Certificates {

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";

    private Certificates() {}

    /** A new P-256 key: what every TLS library here takes. */
    public static KeyPair newKeyPair() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("This Java has no P-256", e);
        }
    }

    public static X509Certificate parse(byte[] der) throws CertificateException {
        return (X509Certificate)
                CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(der));
    }

    /** SHA-256 over the DER form, lower-case hex without colons. */
    public static String fingerprint(X509Certificate certificate) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Cannot hash a certificate", e);
        }
    }

    /**
     * A fingerprint as people copy it, with or without colons, in the form of {@link #fingerprint}.
     *
     * @throws IllegalArgumentException when it is not 32 bytes in hex
     */
    public static String normalisedFingerprint(String text) {
        String hex = text.strip().replace(":", "").toLowerCase(Locale.ROOT);
        if (!hex.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("A CA fingerprint is SHA-256: 64 hexadecimal digits");
        }
        return hex;
    }

    /** Accepts chains that end at this authority, and nothing else. */
    static X509ExtendedTrustManager trusting(X509Certificate authority) {
        try {
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            anchors.setCertificateEntry("authority", authority);
            TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
            factory.init(anchors);
            for (TrustManager manager : factory.getTrustManagers()) {
                if (manager instanceof X509ExtendedTrustManager extended) {
                    return extended;
                }
            }
            throw new IllegalStateException("This Java has no PKIX trust manager");
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException("Cannot make a trust manager", e);
        }
    }

    static String pem(PrivateKey key) {
        return pem(PRIVATE_KEY, key.getEncoded());
    }

    static String pem(List<X509Certificate> chain) {
        StringBuilder text = new StringBuilder();
        try {
            for (X509Certificate certificate : chain) {
                text.append(pem(CERTIFICATE, certificate.getEncoded()));
            }
        } catch (CertificateEncodingException e) {
            throw new IllegalStateException("Cannot encode a certificate", e);
        }
        return text.toString();
    }

    static List<X509Certificate> certificatesIn(String pem) throws CertificateException {
        List<X509Certificate> chain = new ArrayList<>();
        for (byte[] der : sections(pem, CERTIFICATE)) {
            chain.add(parse(der));
        }
        if (chain.isEmpty()) {
            throw new CertificateException("There is no certificate in the file");
        }
        return chain;
    }

    static PrivateKey keyIn(String pem) throws GeneralSecurityException {
        List<byte[]> keys = sections(pem, PRIVATE_KEY);
        if (keys.size() != 1) {
            throw new GeneralSecurityException("There is not exactly one private key in the file");
        }
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(keys.getFirst()));
    }

    private static String pem(String type, byte[] der) {
        String base64 = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
                .encodeToString(der);
        return "-----BEGIN " + type + "-----\n" + base64 + "\n-----END " + type + "-----\n";
    }

    private static List<byte[]> sections(String pem, String type) {
        String begin = "-----BEGIN " + type + "-----";
        String end = "-----END " + type + "-----";
        List<byte[]> found = new ArrayList<>();
        int from = pem.indexOf(begin);
        while (from >= 0) {
            int to = pem.indexOf(end, from);
            if (to < 0) {
                break;
            }
            found.add(Base64.getMimeDecoder().decode(pem.substring(from + begin.length(), to)));
            from = pem.indexOf(begin, to);
        }
        return found;
    }
}

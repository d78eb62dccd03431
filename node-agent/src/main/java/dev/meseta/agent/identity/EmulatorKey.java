package dev.meseta.agent.identity;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.interfaces.ECPrivateKey;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.openssl.PKCS8Generator;
import org.bouncycastle.util.io.pem.PemWriter;

/**
 * A private key as QEMU's TLS library can read it. GnuTLS 3.7 refuses an elliptic-curve key without its public half ("ASN1
 * parser: Element was not found"), which PKCS#8 leaves optional and the JDK leaves out.
 */
public final class EmulatorKey {

    private EmulatorKey() {}

    /**
     * PKCS#8 in PEM, with the public key inside.
     *
     * @throws IllegalArgumentException when it is not an elliptic-curve key
     */
    public static String pem(PrivateKey privateKey, PublicKey publicKey) {
        if (!(privateKey instanceof ECPrivateKey key)) {
            throw new IllegalArgumentException("QEMU gets elliptic-curve keys, not " + privateKey.getAlgorithm());
        }
        SubjectPublicKeyInfo publicInfo = SubjectPublicKeyInfo.getInstance(publicKey.getEncoded());
        AlgorithmIdentifier curve = publicInfo.getAlgorithm();
        int bits = key.getParams().getOrder().bitLength();
        DERBitString publicBits = new DERBitString(publicInfo.getPublicKeyData().getBytes());
        var structure = new org.bouncycastle.asn1.sec.ECPrivateKey(bits, key.getS(), publicBits, curve.getParameters());
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PKCS8Generator(new PrivateKeyInfo(curve, structure), null));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot write a key to memory", e);
        }
        return text.toString();
    }
}

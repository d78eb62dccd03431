package dev.meseta.manager.agents.internal;

import com.google.protobuf.ByteString;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.io.IOException;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCSException;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;

/** Reads certificate requests (PKCS#10). Of what a request says only the public key is used. */
final class CertificateRequests {

    private static final int MAX_BYTES = 4096;

    private CertificateRequests() {}

    /**
     * The public key the sender has shown to hold.
     *
     * @param what which request, for the message
     * @throws MesetaException VALIDATION_FAILED when it is no request, not signed by its own key, or not of curve P-256
     */
    static PublicKey verifiedKey(String what, ByteString der) {
        if (der.size() > MAX_BYTES) {
            throw invalid(what, "has " + der.size() + " bytes, more than " + MAX_BYTES, null);
        }
        try {
            JcaPKCS10CertificationRequest request = new JcaPKCS10CertificationRequest(der.toByteArray());
            AlgorithmIdentifier algorithm = request.getSubjectPublicKeyInfo().getAlgorithm();
            ASN1Encodable curve = algorithm.getParameters();
            if (!X9ObjectIdentifiers.id_ecPublicKey.equals(algorithm.getAlgorithm())
                    || !X9ObjectIdentifiers.prime256v1.equals(curve)) {
                throw invalid(what, "has a key that is not of the curve P-256", null);
            }
            PublicKey key = request.getPublicKey();
            if (!request.isSignatureValid(new JcaContentVerifierProviderBuilder().build(key))) {
                throw invalid(what, "is not signed by its own key", null);
            }
            return key;
        } catch (IOException
                | PKCSException
                | OperatorCreationException
                | InvalidKeyException
                | NoSuchAlgorithmException
                | IllegalArgumentException
                | IllegalStateException
                | ClassCastException e) {
            // The parser answers garbage with runtime exceptions as well as checked ones.
            throw invalid(what, "cannot be read as PKCS#10 in DER", e);
        }
    }

    private static MesetaException invalid(String what, String why, @Nullable Throwable cause) {
        return new MesetaException(
                ErrorCode.VALIDATION_FAILED, "The certificate request %s %s.".formatted(what, why), cause);
    }
}

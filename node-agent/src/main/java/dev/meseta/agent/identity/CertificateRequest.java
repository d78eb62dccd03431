package dev.meseta.agent.identity;

import java.io.IOException;
import java.security.PrivateKey;
import java.security.PublicKey;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** PKCS#10 requests. The subject is a formality: the manager writes the host's id. */
final class CertificateRequest {

    private CertificateRequest() {}

    static byte[] der(PublicKey publicKey, PrivateKey privateKey) {
        try {
            return new JcaPKCS10CertificationRequestBuilder(new X500Principal("CN=meseta-agent"), publicKey)
                    .build(new JcaContentSignerBuilder("SHA256withECDSA").build(privateKey))
                    .getEncoded();
        } catch (OperatorCreationException | IOException e) {
            throw new IllegalStateException("Cannot make a certificate request", e);
        }
    }
}

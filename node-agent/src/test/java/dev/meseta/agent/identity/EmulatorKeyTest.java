package dev.meseta.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.StringReader;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.util.io.pem.PemReader;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("unit")
final class EmulatorKeyTest {

    @Test
    void thePublicHalfIsInside() throws Exception {
        KeyPair keys = Certificates.newKeyPair();

        byte[] der;
        try (PemReader reader = new PemReader(new StringReader(EmulatorKey.pem(keys.getPrivate(), keys.getPublic())))) {
            der = reader.readPemObject().getContent();
        }

        var structure = org.bouncycastle.asn1.sec.ECPrivateKey.getInstance(
                PrivateKeyInfo.getInstance(der).parsePrivateKey());
        assertThat(structure.getPublicKey()).isNotNull();
        ECPrivateKey read = (ECPrivateKey) KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der));
        assertThat(read.getS()).isEqualTo(((ECPrivateKey) keys.getPrivate()).getS());
    }

    @Test
    void otherKeysAreRefused() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("Ed25519").generateKeyPair();

        assertThatIllegalArgumentException().isThrownBy(() -> EmulatorKey.pem(keys.getPrivate(), keys.getPublic()));
    }
}

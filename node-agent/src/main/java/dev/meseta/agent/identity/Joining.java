package dev.meseta.agent.identity;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import java.security.KeyPair;
import java.security.cert.X509Certificate;

/** Makes this machine a host of an installation. */
public final class Joining {

    private final IdentityFiles files;
    private final Enrolment enrolment;

    public Joining(IdentityFiles files, Enrolment enrolment) {
        this.files = files;
        this.enrolment = enrolment;
    }

    /**
     * What the host says of itself.
     *
     * @param token one-time token; never logged
     * @param caFingerprint of the control authority
     */
    public record Request(
            String token,
            String caFingerprint,
            String hostname,
            String agentAddress,
            String migrationAddress,
            String agentVersion) {

        @Override
        public String toString() {
            return "Request[" + hostname + ", " + agentAddress + "]";
        }
    }

    /**
     * Makes keys, gets certificates for them and stores both. Keys never leave this machine.
     *
     * @return the id this host has from now on
     * @throws AgentException ENROLMENT_FAILED, PEER_NOT_TRUSTED
     */
    public String join(Request request) {
        KeyPair agent = Certificates.newKeyPair();
        KeyPair migration = Certificates.newKeyPair();
        Enrolment.Joined joined = enrolment.join(new Enrolment.Application(
                request.token(),
                new Enrolment.Requests(
                        CertificateRequest.der(agent.getPublic(), agent.getPrivate()),
                        CertificateRequest.der(migration.getPublic(), migration.getPrivate())),
                request.hostname(),
                request.agentAddress(),
                request.migrationAddress(),
                request.agentVersion()));
        X509Certificate authority = joined.controlAuthority();
        if (!Certificates.fingerprint(authority).equals(Certificates.normalisedFingerprint(request.caFingerprint()))) {
            throw new AgentException(
                    AgentErrorCode.PEER_NOT_TRUSTED, "The manager sent another authority than the fingerprint names");
        }
        IdentityFiles.Stored stored = new IdentityFiles.Stored(
                new KeyAndChain(agent.getPrivate(), joined.agentChain()),
                new KeyAndChain(migration.getPrivate(), joined.migrationChain()),
                authority,
                joined.migrationAuthority());
        // Refuses a certificate that does not name a host, before anything is stored.
        String hostId = new AgentCredentials(stored).hostId();
        files.store(stored);
        return hostId;
    }
}

package dev.meseta.agent.identity;

import java.security.cert.X509Certificate;
import java.util.List;

/** The manager's enrolment service. Failures are AgentException: ENROLMENT_FAILED, PEER_NOT_TRUSTED. */
public interface Enrolment {

    /** Joins with a one-time token. */
    Joined join(Application application);

    /** New certificates for a host that has some. */
    Renewed renew(Requests requests);

    /**
     * What a host says when it joins.
     *
     * @param token the proof; never logged
     */
    record Application(
            String token,
            Requests requests,
            String hostname,
            String agentAddress,
            String migrationAddress,
            String agentVersion) {

        @Override
        public String toString() {
            return "Application[" + hostname + ", " + agentAddress + "]";
        }
    }

    /** Two certificate requests, PKCS#10 in DER. */
    final class Requests {
        private final byte[] agent;
        private final byte[] migration;

        Requests(byte[] agent, byte[] migration) {
            this.agent = agent.clone();
            this.migration = migration.clone();
        }

        public byte[] agent() {
            return agent.clone();
        }

        public byte[] migration() {
            return migration.clone();
        }
    }

    /** What a host is given. */
    record Joined(
            String hostId,
            List<X509Certificate> agentChain,
            List<X509Certificate> migrationChain,
            X509Certificate controlAuthority,
            X509Certificate migrationAuthority) {}

    /** What it is given later. */
    record Renewed(List<X509Certificate> agentChain, List<X509Certificate> migrationChain) {}
}

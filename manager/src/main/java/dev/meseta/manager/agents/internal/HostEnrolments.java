package dev.meseta.manager.agents.internal;

import com.google.protobuf.ByteString;
import dev.meseta.manager.agents.HostEnrolment;
import dev.meseta.manager.agents.internal.EnrolmentTokens.Entitlement;
import dev.meseta.manager.agents.internal.HostCertificates.HostNames;
import dev.meseta.manager.agents.internal.HostCertificates.Issued;
import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.audit.Audit.Outcome;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.certificates.CertificateAuthorities.Purpose;
import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionOperations;

/** Who may become a host, and stay one: tokens, first certificates, renewed certificates. */
final class HostEnrolments implements HostEnrolment {

    private static final Pattern HOST_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
    private static final int TOKEN_BYTES = 32;
    private static final int SHOWN_CHARACTERS = 200;

    private final EnrolmentTokens tokens;
    private final HostCertificates certificates;
    private final CertificateAuthorities authorities;
    private final Hosts hosts;
    private final Clusters clusters;
    private final Audit audit;
    private final TransactionOperations transactions;
    private final InstantSource clock;
    private final UuidGenerator ids;
    private final SecureRandom random;
    private final AdvertisedAddress address;
    private final Duration tokenValidity;
    private final Consumer<UUID> enrolled;

    /** @param enrolled told the id of every new host, after commit */
    HostEnrolments(
            EnrolmentTokens tokens,
            HostCertificates certificates,
            CertificateAuthorities authorities,
            Hosts hosts,
            Clusters clusters,
            Audit audit,
            TransactionOperations transactions,
            InstantSource clock,
            UuidGenerator ids,
            SecureRandom random,
            AdvertisedAddress address,
            Duration tokenValidity,
            Consumer<UUID> enrolled) {
        this.tokens = tokens;
        this.certificates = certificates;
        this.authorities = authorities;
        this.hosts = hosts;
        this.clusters = clusters;
        this.audit = audit;
        this.transactions = transactions;
        this.clock = clock;
        this.ids = ids;
        this.random = random;
        this.address = address;
        this.tokenValidity = tokenValidity;
        this.enrolled = enrolled;
    }

    @Override
    public InvitationPlan plan(String hostName, @Nullable UUID clusterId) {
        if (!HOST_NAME.matcher(hostName).matches()) {
            throw invalid(
                    "hostName",
                    "must be 1 to 63 letters, digits, dots, hyphens or underscores and begin with a letter or digit");
        }
        if (named(hostName).filter(HostEnrolments::hasReported).isPresent()) {
            throw new MesetaException(
                    ErrorCode.NAME_TAKEN, "There is already a host named %s. Choose another name.".formatted(hostName));
        }
        Cluster cluster = clusterId == null ? clusters.defaultCluster() : clusters.require(clusterId);
        return new InvitationPlan(hostName, cluster.id(), clock.instant().plus(tokenValidity));
    }

    @Override
    public Invitation invite(String hostName, @Nullable UUID clusterId, RequestContext requestedBy) {
        InvitationPlan plan = plan(hostName, clusterId);
        byte[] secret = new byte[TOKEN_BYTES];
        random.nextBytes(secret);
        String token = Base64.getUrlEncoder().withoutPadding().encodeToString(secret);
        UUID tokenId = ids.next();
        tokens.add(new EnrolmentTokens.NewToken(
                tokenId,
                hostName,
                plan.clusterId(),
                hash(token),
                requestedBy.principal(),
                clock.instant(),
                plan.expiresAt()));
        audit.record(new Audit.Entry(
                requestedBy.principal(),
                "",
                "host.invite",
                "enrolment-token",
                tokenId.toString(),
                Outcome.SUCCESS,
                "",
                requestedBy.correlationId(),
                Map.of("hostName", hostName, "clusterId", plan.clusterId().toString())));
        String fingerprint = authorities.fingerprint(Purpose.CONTROL);
        return new Invitation(
                token,
                fingerprint,
                "meseta-agent join %s --token %s --ca-fingerprint %s".formatted(address.urls(), token, fingerprint),
                plan.expiresAt());
    }

    /**
     * Makes a host of whoever holds a good token. Either all of it happens or nothing, and then the token can still be
     * used. A host that enrolled before and never reported, at the same addresses, is the same host.
     *
     * @throws MesetaException ENROLMENT_TOKEN_INVALID, VALIDATION_FAILED, NAME_TAKEN
     */
    Enrolled enrol(Application application, String remoteAddress) {
        String correlationId = ids.next().toString();
        try {
            Admitted admitted = transactions.execute(status -> admit(application));
            if (admitted == null) {
                throw new IllegalStateException("The transaction of an enrolment returned nothing");
            }
            UUID hostId = admitted.hostId();
            record(
                    "host.enrol",
                    admitted.entitlement().createdBy(),
                    hostId.toString(),
                    Outcome.SUCCESS,
                    "",
                    correlationId,
                    remoteAddress,
                    Map.of(
                            "hostName", admitted.entitlement().hostName(),
                            "tokenId", admitted.entitlement().tokenId().toString(),
                            "hostname", shown(application.hostname()),
                            "agentAddress", application.agentAddress(),
                            "agentVersion", shown(application.agentVersion())));
            enrolled.accept(hostId);
            return new Enrolled(hostId, admitted.certificates());
        } catch (MesetaException refused) {
            record(
                    "host.enrol",
                    "unknown",
                    "",
                    Outcome.REFUSED,
                    refused.code().name(),
                    correlationId,
                    remoteAddress,
                    Map.of(
                            "hostname", shown(application.hostname()),
                            "agentAddress", shown(application.agentAddress())));
            throw refused;
        }
    }

    /**
     * New certificates for a host that has some.
     *
     * @param hostId from the caller's certificate, never from what it says
     * @throws MesetaException FORBIDDEN when the host was removed, VALIDATION_FAILED
     */
    Issued renew(UUID hostId, ByteString agentRequest, ByteString migrationRequest, String remoteAddress) {
        String correlationId = ids.next().toString();
        String principal = CertificateIdentity.host(hostId).uri();
        try {
            Host host = hosts.find(hostId)
                    .orElseThrow(() -> new MesetaException(
                            ErrorCode.FORBIDDEN,
                            "Host %s was removed; it gets no more certificates. Let it join again.".formatted(hostId)));
            PublicKey agentKey = CertificateRequests.verifiedKey("agent_csr", agentRequest);
            PublicKey migrationKey = CertificateRequests.verifiedKey("migration_csr", migrationRequest);
            Issued issued = certificates.issue(
                    names(hostId, host.agentAddress(), host.migrationAddress()), agentKey, migrationKey);
            record(
                    "host.renew",
                    principal,
                    hostId.toString(),
                    Outcome.SUCCESS,
                    "",
                    correlationId,
                    remoteAddress,
                    Map.of("notAfter", issued.agent().getNotAfter().toInstant().toString()));
            return issued;
        } catch (MesetaException refused) {
            record(
                    "host.renew",
                    principal,
                    hostId.toString(),
                    Outcome.REFUSED,
                    refused.code().name(),
                    correlationId,
                    remoteAddress,
                    Map.of());
            throw refused;
        }
    }

    private Admitted admit(Application application) {
        Entitlement entitlement = tokens.use(hash(application.token()), clock.instant())
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.ENROLMENT_TOKEN_INVALID,
                        "This token is unknown, was used already or has expired. Ask for a new one."));
        PublicKey agentKey = CertificateRequests.verifiedKey("agent_csr", application.agentRequest());
        PublicKey migrationKey = CertificateRequests.verifiedKey("migration_csr", application.migrationRequest());
        Optional<Host> unfinished =
                named(entitlement.hostName()).filter(host -> isUnfinished(host, entitlement, application));
        HostNames names = names(
                unfinished.map(Host::id).orElseGet(ids::next),
                application.agentAddress(),
                application.migrationAddress());
        if (unfinished.isEmpty()) {
            hosts.register(
                    names.id(),
                    entitlement.clusterId(),
                    entitlement.hostName(),
                    names.agentAddress().toString(),
                    names.migrationAddress());
        }
        return new Admitted(names.id(), entitlement, certificates.issue(names, agentKey, migrationKey));
    }

    /**
     * Whether an earlier enrolment got as far as this manager but not back: its answer was lost. Without this the name
     * would be taken for ever by a host that has no certificate.
     */
    private static boolean isUnfinished(Host host, Entitlement entitlement, Application application) {
        return !hasReported(host)
                && host.clusterId().equals(entitlement.clusterId())
                && host.agentAddress().equals(application.agentAddress())
                && host.migrationAddress().equals(application.migrationAddress());
    }

    private static boolean hasReported(Host host) {
        return host.observed().agentInstanceId() != null;
    }

    private Optional<Host> named(String hostName) {
        return hosts.all().stream().filter(host -> host.name().equals(hostName)).findFirst();
    }

    private static HostNames names(UUID hostId, String agentAddress, String migrationAddress) {
        HostAndPort agent = HostAndPort.parse(agentAddress)
                .filter(parsed -> parsed.port() > 0)
                .orElseThrow(() -> invalid(
                        "agent_address",
                        "must be host:port, for instance 10.0.0.12:9444, but is \"" + shown(agentAddress) + "\""));
        if (!HostAndPort.isIpLiteral(migrationAddress)) {
            throw invalid(
                    "migration_address",
                    "must be an IP address, for instance 10.0.0.12, but is \"" + shown(migrationAddress) + "\"");
        }
        return new HostNames(hostId, agent, migrationAddress);
    }

    private void record(
            String action,
            String principal,
            String hostId,
            Outcome outcome,
            String code,
            String correlationId,
            String remoteAddress,
            Map<String, Object> detail) {
        audit.record(new Audit.Entry(
                principal, remoteAddress, action, "host", hostId, outcome, code, correlationId, detail));
    }

    private static MesetaException invalid(String field, String message) {
        return new MesetaException(
                ErrorCode.VALIDATION_FAILED,
                "%s %s.".formatted(field, message),
                List.of(new FieldError(field, message)),
                null);
    }

    /** A stranger's text, cut to a length that fits into a log. */
    private static String shown(String text) {
        return text.length() <= SHOWN_CHARACTERS ? text : text.substring(0, SHOWN_CHARACTERS);
    }

    private static String hash(String token) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 does not work in this JDK", e);
        }
    }

    /** What a would-be host says. Nothing of it is believed but the token and the keys. */
    record Application(
            String token,
            ByteString agentRequest,
            ByteString migrationRequest,
            String hostname,
            String agentAddress,
            String migrationAddress,
            String agentVersion) {

        @Override
        public String toString() {
            return "Application[hostname=%s, agentAddress=%s]".formatted(shown(hostname), shown(agentAddress));
        }
    }

    record Enrolled(UUID hostId, Issued certificates) {}

    private record Admitted(UUID hostId, Entitlement entitlement, Issued certificates) {}
}

package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.agents.HostConsoles;
import dev.meseta.manager.agents.HostFlows;
import dev.meseta.manager.agents.HostPreparation;
import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.certificates.CertificateAuthorities;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.Observations;
import dev.meseta.manager.membership.Managers;
import dev.meseta.manager.membership.MembersChanged;
import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.Topics;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.tracing.Tracing;
import dev.meseta.manager.shared.web.KnownValues;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.Optional;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.context.ApplicationListener;
import org.springframework.context.PayloadApplicationEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionOperations;

/** Beans of this module. */
@Configuration(proxyBeanMethods = false)
@EnableConfigurationProperties({AgentsProperties.class, GrpcProperties.class})
class AgentsConfiguration {

    @Bean
    ManagerIdentity managerIdentity(@Value("${meseta.state-dir}") Path stateFolder, UuidGenerator ids) {
        return ManagerIdentity.inFile(stateFolder.resolve("manager-id"), ids);
    }

    @Bean
    AdvertisedAddress advertisedAddress(
            @Value("${meseta.public-address}") String publicAddress, GrpcProperties properties, Managers managers) {
        return new AdvertisedAddress(
                publicAddress,
                properties.listenAddress().getPort(),
                managers::agentsFindThisAt,
                managers::agentAddresses);
    }

    @Bean
    AgentThreads agentThreads() {
        return new AgentThreads();
    }

    @Bean
    ManagerCredentials managerCredentials(
            CertificateAuthorities authorities,
            ManagerIdentity identity,
            AdvertisedAddress address,
            AgentsProperties properties,
            AgentThreads threads) {
        return new ManagerCredentials(authorities, identity, address, properties.certificateValidity(), threads);
    }

    /** A reason may also be a sentence, of a host that was lost for instance. */
    @Bean
    KnownValues reasonsOfVms() {
        return KnownValues.some("VmResource", "statusReason", AgentMessages::reasons);
    }

    @Bean
    LatestHostStatistics latestHostStatistics(EventPublisher events, Topics topics, InstantSource clock) {
        return new LatestHostStatistics(
                events, topics.topic("host.statistics", LatestHostStatistics.Told.class), clock);
    }

    @Bean
    HostConnections hostConnections(
            Membership membership,
            JdbcClient jdbc,
            ManagerCredentials credentials,
            Hosts hosts,
            Observations observations,
            ApplicationEventPublisher publisher,
            LatestHostStatistics statistics,
            ObjectProvider<HostPreparation> preparations,
            ObjectProvider<HostFlows> flows,
            AgentsProperties properties,
            InstantSource clock,
            MeterRegistry registry,
            Tracing tracing,
            AgentThreads threads) {
        return new HostConnections(new ConnectionContext(
                membership,
                new JdbcHostOwnership(jdbc),
                new TlsHostChannels(credentials, properties, registry, tracing),
                hosts,
                new MemberObservations(membership, observations),
                new AgentEvents(publisher),
                statistics,
                Timer.builder("meseta.hosts.resync")
                        .description("From the opening of a watch to the end of taking in all that a host has")
                        .register(registry),
                () -> preparations.orderedStream().toList(),
                () -> Optional.ofNullable(flows.getIfAvailable()),
                properties,
                clock,
                threads.timers(),
                threads.workers()));
    }

    @Bean
    ApplicationListener<PayloadApplicationEvent<MembersChanged>> shareOutHosts(HostConnections connections) {
        return ApplicationListener.forPayload(changed -> connections.shareOutSoon());
    }

    @Bean
    HostAgents hostAgents(HostConnections connections, AgentsProperties properties) {
        return new GrpcHostAgents(connections, properties.callDeadline());
    }

    @Bean
    HostConsoles hostConsoles(HostConnections connections, AgentsProperties properties, AgentThreads threads) {
        return new GrpcHostConsoles(connections, properties.callDeadline(), threads.workers());
    }

    @Bean
    HostCertificates hostCertificates(CertificateAuthorities authorities, AgentsProperties properties) {
        return new HostCertificates(authorities, properties.certificateValidity());
    }

    @Bean
    HostEnrolments hostEnrolments(
            JdbcClient jdbc,
            HostCertificates certificates,
            CertificateAuthorities authorities,
            Hosts hosts,
            Clusters clusters,
            Audit audit,
            TransactionOperations transactions,
            InstantSource clock,
            UuidGenerator ids,
            AdvertisedAddress address,
            AgentsProperties properties,
            HostConnections connections) {
        return new HostEnrolments(
                new JdbcEnrolmentTokens(jdbc),
                certificates,
                authorities,
                hosts,
                clusters,
                audit,
                transactions,
                clock,
                ids,
                new SecureRandom(),
                address,
                properties.tokenValidity(),
                connections::connect);
    }

    @Bean
    EnrolmentServer enrolmentServer(
            GrpcProperties properties,
            AdvertisedAddress address,
            ManagerCredentials credentials,
            Audit audit,
            UuidGenerator ids,
            HostEnrolments enrolments,
            HostCertificates certificates) {
        return new EnrolmentServer(
                properties.listenAddress(),
                address,
                credentials,
                new CallerInterceptor(audit, ids),
                new EnrolmentService(enrolments, certificates));
    }
}

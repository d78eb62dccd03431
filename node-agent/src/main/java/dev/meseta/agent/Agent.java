package dev.meseta.agent;

import dev.meseta.agent.console.Consoles;
import dev.meseta.agent.domain.DomainEvents;
import dev.meseta.agent.domain.DomainMapping;
import dev.meseta.agent.domain.DomainOperations;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.flows.Flows;
import dev.meseta.agent.grpc.AgentServer;
import dev.meseta.agent.grpc.GrpcEnrolment;
import dev.meseta.agent.grpc.GrpcTunnels;
import dev.meseta.agent.host.HostInformation;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.hypervisor.Subscription;
import dev.meseta.agent.identity.AgentCredentials;
import dev.meseta.agent.identity.CertificateRenewal;
import dev.meseta.agent.identity.EmulatorCertificates;
import dev.meseta.agent.identity.IdentityFiles;
import dev.meseta.agent.migration.MigrationTargets;
import dev.meseta.agent.migration.OutgoingMigrations;
import dev.meseta.agent.network.Networks;
import dev.meseta.agent.operations.FencingEpoch;
import dev.meseta.agent.operations.OperationJournal;
import dev.meseta.agent.operations.Operations;
import dev.meseta.agent.storage.Images;
import dev.meseta.agent.storage.Seeds;
import dev.meseta.agent.storage.SharedDirectories;
import dev.meseta.agent.storage.Volumes;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.DurableFiles;
import dev.meseta.agent.system.FileOwner;
import dev.meseta.agent.tracing.Traces;
import dev.meseta.agent.watch.AgentEvent;
import dev.meseta.agent.watch.WatchHub;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.ScheduledExecutorService;
import java.util.stream.Stream;

/** A running agent: everything put together. It begins by looking at what is there, and keeps no second truth. */
public final class Agent implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(Agent.class.getName());
    private static final Duration LOOK_FOR_RENEWAL_EVERY = Duration.ofSeconds(30);

    private final Hypervisor hypervisor;
    private final AgentThreads threads;
    private final OperationJournal journal;
    private final Operations operations;
    private final Reporting reporting;
    private final Subscription subscription;
    private final Flows flows;
    private final CertificateRenewal renewal;
    private final AgentServer server;

    /**
     * What an agent is given.
     *
     * @param hypervisor the agent's own from now on; closed with it
     * @param emulator the user that disks and certificates are given to
     * @param clock what time it is
     * @param parts what else the host is made of
     */
    public record Surroundings(
            Path stateDirectory,
            AgentConfiguration configuration,
            Hypervisor hypervisor,
            Commands commands,
            FileOwner emulator,
            InstantSource clock,
            HostParts parts) {

        /** An agent on a machine of its own. */
        public Surroundings(
                Path stateDirectory,
                AgentConfiguration configuration,
                Hypervisor hypervisor,
                Commands commands,
                FileOwner emulator,
                InstantSource clock) {
            this(
                    stateDirectory,
                    configuration,
                    hypervisor,
                    commands,
                    emulator,
                    clock,
                    HostParts.ofMachine(commands, configuration.migrationAddress(), clock, Traces.OFF));
        }
    }

    /**
     * Starts an agent; when this returns it serves.
     *
     * @throws java.io.UncheckedIOException when its files, or the address it listens on, cannot be had
     */
    public static Agent start(Surroundings surroundings) {
        return new Agent(surroundings);
    }

    private Agent(Surroundings given) {
        Path state = given.stateDirectory();
        AgentConfiguration configuration = given.configuration();
        InstantSource clock = given.clock();
        hypervisor = given.hypervisor();
        DurableFiles.createPrivateDirectory(state);
        DurableFiles.createPrivateDirectory(configuration.runDirectory());
        HostParts parts = given.parts();
        threads = parts.threads();
        ExecutorService executor = threads.executor();
        ScheduledExecutorService scheduler = threads.scheduler();

        IdentityFiles identity = new IdentityFiles(state);
        IdentityFiles.Stored stored = identity.load();
        AgentCredentials credentials = new AgentCredentials(stored);
        EmulatorCertificates emulatorCertificates =
                new EmulatorCertificates(configuration.emulatorCertificates(), given.emulator());
        emulatorCertificates.write(stored.migration(), stored.migrationAuthority());

        SharedDirectories directories = SharedDirectories.open(state.resolve("storage-domains"), parts.mounts());
        Networks networks = parts.networks();
        Seeds seeds = new Seeds(directories, parts.media(), given.emulator(), configuration.runDirectory());
        DomainMapping mapping = new DomainMapping(directories, networks);

        String instanceId = UUID.randomUUID().toString();
        flows = parts.flows()
                .open(new Flows.Given(hypervisor, configuration.flowsFolder(), clock, executor, scheduler));
        NetworkCapabilities networkCapabilities = new NetworkCapabilities(networks);
        HostInformation information = new HostInformation(
                hypervisor,
                () -> Stream.concat(networkCapabilities.get().stream(), flows.capabilities().stream())
                        .toList(),
                () -> flows.condition().stream().toList(),
                new HostInformation.Self(
                        credentials.hostId(),
                        AgentVersion.current(),
                        instanceId,
                        configuration.migrationAddress(),
                        configuration.advertise().toString()));
        WatchHub hub = new WatchHub(instanceId, parts.keeping().events(), () -> snapshot(information, clock));
        DomainEvents events =
                new DomainEvents(event -> hub.publish(new AgentEvent.DomainObserved(event.status(), clock.instant())));

        journal = OperationJournal.open(
                state.resolve("operations.journal"),
                clock,
                parts.keeping().operations(),
                parts.keeping().durability());
        operations = new Operations(
                journal,
                FencingEpoch.open(state.resolve("fencing-epoch")),
                clock,
                executor,
                operation -> hub.publish(new AgentEvent.OperationChanged(operation)),
                parts.traces().ofHost(credentials.hostId()));
        subscription = hypervisor.subscribe(events);
        adopt(networks);
        operations.settleInterrupted(new Settling(hypervisor, scheduler));

        AgentServer.Services services = new AgentServer.Services(
                operations,
                new DomainOperations(hypervisor, mapping, seeds, events, clock),
                new OutgoingMigrations(
                        hypervisor,
                        mapping,
                        new GrpcTunnels(credentials, executor),
                        configuration.runDirectory(),
                        (migrationId, vmId, statistics) ->
                                hub.publish(new AgentEvent.MigrationProgressed(migrationId, vmId, statistics)),
                        new OutgoingMigrations.Schedule(clock, scheduler, executor)),
                new MigrationTargets(
                        hypervisor,
                        mapping,
                        seeds,
                        new MigrationTargets.Endpoint(
                                configuration.migrationAddress(),
                                configuration.advertise().toString(),
                                configuration.libvirtSocket()),
                        clock,
                        scheduler),
                directories,
                new Volumes(directories, parts.media(), given.emulator()),
                new Images(directories, given.commands()),
                seeds,
                networks,
                new Consoles(hypervisor),
                flows,
                information,
                hub,
                clock);
        server = AgentServer.start(configuration.listen(), credentials, services, executor);
        reporting = Reporting.start(information, hub, parts.sampling(), scheduler, executor);
        renewal = new CertificateRenewal(
                credentials,
                identity,
                emulatorCertificates,
                GrpcEnrolment.authenticated(configuration.managers(), credentials, executor),
                new CertificateRenewal.Timing(clock, scheduler, executor, LOOK_FOR_RENEWAL_EVERY));
    }

    /** The port it listens on. */
    public int port() {
        return server.port();
    }

    private void adopt(Networks networks) {
        try {
            networks.adopt();
        } catch (AgentException e) {
            LOG.log(System.Logger.Level.WARNING, "The networks of this host cannot be listed: {0}", e.detail());
        }
        LOG.log(
                System.Logger.Level.INFO,
                "Found {0} running domains",
                hypervisor.domains().size());
    }

    private List<AgentEvent> snapshot(HostInformation information, InstantSource clock) {
        List<AgentEvent> everything = new ArrayList<>();
        everything.add(new AgentEvent.HostDescribed(information.describe()));
        hypervisor.domains().forEach(status -> everything.add(new AgentEvent.DomainObserved(status, clock.instant())));
        operations.unfinished().forEach(operation -> everything.add(new AgentEvent.OperationChanged(operation)));
        return everything;
    }

    /** Stops serving; domains run on. Work under way is settled by the agent's next life. */
    @Override
    public void close() {
        server.close();
        leave();
        hypervisor.close();
    }

    /**
     * As if its process had been killed: nobody is told, and calls are cut off. The hypervisor is left open, for the
     * agent's next life in this process.
     */
    public void kill() {
        server.kill();
        leave();
    }

    private void leave() {
        renewal.close();
        reporting.close();
        subscription.close();
        flows.close();
        threads.release();
        journal.close();
    }
}

package dev.meseta.agent.fleet;

import dev.meseta.agent.Agent;
import dev.meseta.agent.AgentConfiguration;
import dev.meseta.agent.AgentVersion;
import dev.meseta.agent.HostParts;
import dev.meseta.agent.flows.SimulatedFlows;
import dev.meseta.agent.grpc.GrpcEnrolment;
import dev.meseta.agent.hypervisor.simulated.SimulatedFabric;
import dev.meseta.agent.hypervisor.simulated.SimulatedHost;
import dev.meseta.agent.hypervisor.simulated.SimulatedHypervisor;
import dev.meseta.agent.identity.IdentityFiles;
import dev.meseta.agent.identity.Joining;
import dev.meseta.agent.network.SimulatedNetworks;
import dev.meseta.agent.operations.OperationJournal;
import dev.meseta.agent.storage.SimulatedMedia;
import dev.meseta.agent.system.FileOwner;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One simulated host: hardware that goes on while its agent comes and goes. */
final class FleetHost {

    // A watch is rarely away for long and a snapshot of a simulated host is small.
    private static final int REMEMBERED_EVENTS = 256;
    private static final HostParts.Keeping KEEPING = new HostParts.Keeping(
            new OperationJournal.Retention(Duration.ofDays(1), 2_000),
            OperationJournal.Durability.PROCESS,
            REMEMBERED_EVENTS);

    private final String name;
    private final Path state;
    private final AgentConfiguration configuration;
    private final FleetMachine machine;
    private final SimulatedHypervisor hypervisor;
    private final SimulatedNetworks networks = new SimulatedNetworks();
    private final SkewedClock clock;
    private final SimulatedFlows traffic;
    private @Nullable Agent agent;

    FleetHost(FleetSettings settings, int number, SimulatedFabric fabric, FleetMachine machine, InstantSource clock) {
        this.name = FleetSettings.name(number);
        this.state = settings.folder(number).resolve("state");
        this.machine = machine;
        this.clock = new SkewedClock(clock);
        this.configuration = new AgentConfiguration(
                settings.managers(),
                settings.agentAddress(number),
                settings.agentAddress(number),
                settings.address(number),
                "simulated:///",
                machine.hypervisorSocket(),
                "",
                settings.folder(number).resolve("pki"),
                settings.runDirectory(),
                Optional.empty());
        this.hypervisor = fabric.addHost(SimulatedHost.ofDefaultSize(name, settings.address(number)));
        this.traffic = new SimulatedFlows(hypervisor::trueVnics, settings.seed() * FleetSettings.MOST_HOSTS + number);
    }

    String name() {
        return name;
    }

    SimulatedHypervisor hypervisor() {
        return hypervisor;
    }

    SimulatedFlows traffic() {
        return traffic;
    }

    SkewedClock clock() {
        return clock;
    }

    boolean joined() {
        return new IdentityFiles(state).present();
    }

    /**
     * Joins with a one-time token unless this host has joined already.
     *
     * @throws dev.meseta.agent.errors.AgentException ENROLMENT_FAILED, PEER_NOT_TRUSTED
     */
    synchronized void join(String token, String caFingerprint) {
        IdentityFiles identity = new IdentityFiles(state);
        if (identity.present()) {
            return;
        }
        String unused = new Joining(
                        identity,
                        GrpcEnrolment.pinned(
                                configuration.managers(),
                                caFingerprint,
                                machine.agents().executor()))
                .join(new Joining.Request(
                        token,
                        caFingerprint,
                        name,
                        configuration.advertise().toString(),
                        configuration.migrationAddress(),
                        AgentVersion.current()));
    }

    synchronized boolean agentRuns() {
        return agent != null;
    }

    /** No effect when it runs, or on a host without power. */
    synchronized void startAgent() {
        if (agent == null && hypervisor.isPoweredOn()) {
            agent = Agent.start(new Agent.Surroundings(
                    state,
                    configuration,
                    hypervisor,
                    machine.commands(),
                    FileOwner.unchanged(),
                    clock,
                    new HostParts(
                            new SimulatedMedia(),
                            machine.mounts(),
                            networks,
                            new SimulatedSampling(hypervisor, clock),
                            KEEPING,
                            machine.agents(),
                            machine.traces(),
                            traffic::open)));
        }
    }

    /** Ends the agent as SIGKILL does; guests run on. */
    synchronized void killAgent() {
        Agent running = agent;
        agent = null;
        if (running != null) {
            running.kill();
        }
    }

    /** Everything that runs here ends at once. */
    synchronized void powerOff() {
        hypervisor.powerOff();
        killAgent();
        networks.removeAll();
    }

    /** The host starts, with a new boot id and no guests, and its agent with it. */
    synchronized void powerOn() {
        hypervisor.powerOn();
        startAgent();
    }
}

package dev.meseta.lab.faults;

import dev.meseta.agent.fleet.FleetSettings;
import dev.meseta.agent.system.HostAndPort;
import dev.meseta.lab.faults.Evidence.Guest;
import dev.meseta.lab.faults.Evidence.Reset;
import dev.meseta.lab.faults.Evidence.Run;
import dev.meseta.lab.fleet.FleetClient;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** A fleet's hosts. */
final class SimulatedHosts implements Hosts {

    private static final Duration LONGEST_SKEW = Duration.ofMinutes(10);

    private final FleetClient fleet;
    private final Firewall firewall;
    private final int network;
    private final List<String> names;

    /** @param network second number of the hosts' addresses 127.x.y.z */
    SimulatedHosts(FleetClient fleet, Firewall firewall, int network) {
        this.fleet = fleet;
        this.firewall = firewall;
        this.network = network;
        this.names = fleet.hosts().stream().map(FleetClient.Host::name).toList();
        fleet.recordRuns();
    }

    @Override
    public List<String> names() {
        return names;
    }

    @Override
    public Set<FaultKind> kinds() {
        return EnumSet.of(
                FaultKind.AGENT_KILL,
                FaultKind.HOST_POWER,
                FaultKind.HOST_CUT_OFF,
                FaultKind.HOST_SLOW,
                FaultKind.HYPERVISOR_ERRORS,
                FaultKind.CLOCK_SKEW,
                FaultKind.GUEST_CRASH);
    }

    @Override
    public synchronized String begin(FaultKind kind, String host, double chance) {
        switch (kind) {
            case AGENT_KILL -> fleet.killAgent(host);
            case HOST_POWER -> fleet.powerOff(host);
            case HOST_CUT_OFF -> {
                HostAndPort agent = agentOf(host);
                firewall.cut(agent.host(), agent.port());
            }
            case HOST_SLOW ->
                fleet.latency(host, Duration.ofMillis(50), Duration.ofMillis(200 + (long) (chance * 3_000)));
            case HYPERVISOR_ERRORS -> {
                String error = error(chance);
                fleet.fault(host, "*", 0.4, error);
                return error;
            }
            case CLOCK_SKEW -> {
                Duration skew = Duration.ofMillis((long) ((chance - 0.5) * 2 * LONGEST_SKEW.toMillis()));
                fleet.clockSkew(host, skew);
                return skew.toString();
            }
            case GUEST_CRASH -> {
                return crashOne(host, chance);
            }
            default -> throw new IllegalArgumentException(kind + " is no fault of a simulated host");
        }
        return "";
    }

    private static String error(double chance) {
        List<String> errors = List.of(
                "unknown:done",
                "unknown:lost",
                "fail:HYPERVISOR_ERROR",
                "fail:DOMAIN_START_FAILED",
                "delay:1500",
                "break:40");
        return errors.get((int) (chance * errors.size()));
    }

    private String crashOne(String host, double chance) {
        List<FleetClient.Guest> there = fleet.guests(host);
        if (there.isEmpty()) {
            return "nobody there";
        }
        FleetClient.Guest victim = there.get((int) (chance * there.size()));
        try {
            fleet.crashGuest(host, victim.vmId());
        } catch (IllegalStateException gone) {
            return "gone already: " + gone.getMessage();
        }
        return victim.vmId().toString();
    }

    @Override
    public synchronized void end(FaultKind kind, String host) {
        switch (kind) {
            case AGENT_KILL -> fleet.startAgent(host);
            case HOST_POWER -> fleet.powerOn(host);
            case HOST_CUT_OFF -> {
                HostAndPort agent = agentOf(host);
                firewall.mend(agent.host(), agent.port());
            }
            case HOST_SLOW -> fleet.latency(host, Duration.ZERO, Duration.ZERO);
            case HYPERVISOR_ERRORS -> fleet.clearFaults(host);
            case CLOCK_SKEW -> fleet.clockSkew(host, Duration.ZERO);
            case GUEST_CRASH -> {}
            default -> throw new IllegalArgumentException(kind + " is no fault of a simulated host");
        }
    }

    @Override
    public synchronized void heal() {
        firewall.mendAll();
        fleet.clearFaults(FleetClient.ALL);
        fleet.latency(FleetClient.ALL, Duration.ZERO, Duration.ZERO);
        fleet.clockSkew(FleetClient.ALL, Duration.ZERO);
        fleet.powerOn(FleetClient.ALL);
        fleet.startAgent(FleetClient.ALL);
    }

    @Override
    public synchronized List<Run> runs() {
        return fleet.runs().stream()
                .map(run -> new Run(run.vmId(), run.host(), run.beginNanos(), run.endNanos()))
                .toList();
    }

    @Override
    public synchronized List<Reset> resets() {
        return fleet.resets().stream()
                .map(reset -> new Reset(reset.vmId(), reset.host(), reset.atNanos()))
                .toList();
    }

    @Override
    public synchronized List<Guest> guests() {
        return fleet.guests(FleetClient.ALL).stream()
                .map(guest -> new Guest(guest.vmId(), guest.host(), guest.state()))
                .toList();
    }

    @Override
    public synchronized void close() {
        fleet.close();
    }

    private HostAndPort agentOf(String host) {
        return FleetSettings.agentAddress(network, Integer.parseInt(host.substring(host.indexOf('-') + 1)));
    }
}

package dev.meseta.agent.fleet;

import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.simulated.Fault;
import dev.meseta.agent.hypervisor.simulated.RunRecord;
import dev.meseta.agent.hypervisor.simulated.SimulatedOperation;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;

/**
 * What one can tell a fleet, a line each; HOST is a name or {@code *} for all:
 *
 * <pre>
 * status                                  hosts, joined, running, powered on, guests: a line of numbers
 * hosts                                   a line per host: name, joined, agent runs, power
 * domains HOST                            a line per guest: host, VM id, state, reason - past every fault
 * record-runs                             from now on; see the next two
 * runs                                    a line per run of a guest: host, VM id, begin and end in ns; - for no end yet
 * resets                                  a line per reset of a guest: host, VM id, when in ns
 * join HOST TOKEN FINGERPRINT             joins and starts the agent
 * start-agent HOST | kill-agent HOST      guests run on
 * power-off HOST | power-on HOST          guests end
 * run-guests HOST MEBIBYTES VM...         guests that nobody asked the agent for: it just finds them running
 * crash-guest HOST VM
 * latency HOST LEAST_MS MOST_MS           of every call that changes something
 * fault HOST OPERATION PROBABILITY KIND   OPERATION as SimulatedOperation has it, or * for all that change something
 * next HOST OPERATION KIND                only the next call
 * clear HOST                              no more faults; latency stays
 * dirty-rate HOST BYTES_PER_SECOND
 * clock-skew HOST MS                      negative: late
 * traffic HOST RECORDS_PER_SECOND         of flows between its guests and others; 0: none, as at the beginning
 * </pre>
 *
 * KIND is {@code fail:CODE}, {@code delay:MS}, {@code unknown:done}, {@code unknown:lost}, {@code hang} or
 * {@code break:PERCENT}.
 */
final class FleetOrders {

    private static final long MEBIBYTE = 1L << 20;

    private final Fleet fleet;

    FleetOrders(Fleet fleet) {
        this.fleet = fleet;
    }

    /**
     * Does what a line says.
     *
     * @return lines to answer
     * @throws IllegalArgumentException when it cannot be understood; the message says why, and never repeats a token
     */
    List<String> obey(String line) {
        String[] words = line.strip().split(" +");
        return switch (words[0]) {
            case "status" -> status();
            case "hosts" -> fleet.hosts().stream().map(FleetOrders::describe).toList();
            case "domains" -> domains(word(words, 1));
            case "record-runs" -> {
                fleet.fabric().recordRuns();
                yield List.of();
            }
            case "runs" ->
                fleet.fabric().runs().stream().map(FleetOrders::describe).toList();
            case "resets" ->
                fleet.fabric().resets().stream()
                        .map(reset -> "%s %s %d".formatted(reset.host(), reset.vmId(), reset.atNanos()))
                        .toList();
            case "join" ->
                each(words, host -> {
                    host.join(word(words, 2), word(words, 3));
                    host.startAgent();
                });
            case "start-agent" -> each(words, FleetHost::startAgent);
            case "kill-agent" -> each(words, FleetHost::killAgent);
            case "power-off" -> each(words, FleetHost::powerOff);
            case "power-on" -> each(words, FleetHost::powerOn);
            case "run-guests" -> runGuests(words);
            case "crash-guest" -> each(words, host -> host.hypervisor().crash(UUID.fromString(word(words, 2))));
            case "latency" ->
                each(words, host -> host.hypervisor().faults().latency(milliseconds(words, 2), milliseconds(words, 3)));
            case "fault" -> fault(words);
            case "next" -> next(words);
            case "clear" -> each(words, host -> host.hypervisor().faults().clear());
            case "dirty-rate" -> each(words, host -> host.hypervisor().setDirtyRate(number(words, 2)));
            case "traffic" -> each(words, host -> host.traffic().rate(Math.toIntExact(number(words, 2))));
            case "clock-skew" -> each(words, host -> host.clock().set(milliseconds(words, 2)));
            default -> throw new IllegalArgumentException("unknown order " + words[0]);
        };
    }

    private List<String> status() {
        List<FleetHost> hosts = fleet.hosts();
        return List.of("%d %d %d %d %d"
                .formatted(
                        hosts.size(),
                        hosts.stream().filter(FleetHost::joined).count(),
                        hosts.stream().filter(FleetHost::agentRuns).count(),
                        hosts.stream()
                                .filter(host -> host.hypervisor().isPoweredOn())
                                .count(),
                        hosts.stream()
                                .mapToLong(host -> host.hypervisor().truth().size())
                                .sum()));
    }

    private static String describe(FleetHost host) {
        return "%s %s %s %s"
                .formatted(
                        host.name(),
                        host.joined() ? "joined" : "new",
                        host.agentRuns() ? "agent" : "no-agent",
                        host.hypervisor().isPoweredOn() ? "on" : "off");
    }

    private static String describe(RunRecord.Run run) {
        String end = run.endNanos().isPresent() ? Long.toString(run.endNanos().getAsLong()) : "-";
        return "%s %s %d %s".formatted(run.host(), run.vmId(), run.beginNanos(), end);
    }

    private List<String> domains(String name) {
        List<String> lines = new ArrayList<>();
        for (FleetHost host : fleet.named(name)) {
            for (DomainStatus domain : host.hypervisor().truth()) {
                lines.add("%s %s %s %s".formatted(host.name(), domain.vmId(), domain.state(), domain.reason()));
            }
        }
        return lines;
    }

    private List<String> runGuests(String[] words) {
        long bytes = Math.multiplyExact(number(words, 2), MEBIBYTE);
        return each(words, host -> {
            for (int index = 3; index < words.length; index++) {
                UUID vmId = UUID.fromString(words[index]);
                host.hypervisor()
                        .start(new DomainDefinition(
                                vmId,
                                "guest-" + vmId,
                                1,
                                bytes,
                                DomainDefinition.Firmware.BIOS,
                                Optional.empty(),
                                List.of(),
                                List.of(),
                                Optional.empty(),
                                0));
            }
        });
    }

    private List<String> fault(String[] words) {
        double probability = Double.parseDouble(word(words, 3));
        Fault fault = kind(word(words, 4));
        return each(
                words,
                host -> operations(word(words, 2))
                        .forEach(operation -> host.hypervisor().faults().sometimes(operation, probability, fault)));
    }

    private List<String> next(String[] words) {
        Fault fault = kind(word(words, 3));
        return each(
                words,
                host -> operations(word(words, 2))
                        .forEach(operation -> host.hypervisor().faults().next(operation, fault)));
    }

    private static Set<SimulatedOperation> operations(String word) {
        return word.equals("*")
                ? EnumSet.complementOf(EnumSet.of(SimulatedOperation.FACTS, SimulatedOperation.LIST))
                : EnumSet.of(SimulatedOperation.valueOf(word.toUpperCase(Locale.ROOT)));
    }

    private static Fault kind(String word) {
        int colon = word.indexOf(':');
        String name = colon < 0 ? word : word.substring(0, colon);
        String value = colon < 0 ? "" : word.substring(colon + 1);
        return switch (name) {
            case "fail" -> new Fault.Fail(HypervisorException.Code.valueOf(value));
            case "delay" -> new Fault.Delay(Duration.ofMillis(Long.parseLong(value)));
            case "unknown" -> new Fault.OutcomeUnknown(value.equals("done"));
            case "hang" -> new Fault.Hang();
            case "break" -> new Fault.BreakMigration(Integer.parseInt(value));
            default -> throw new IllegalArgumentException("unknown kind of fault " + name);
        };
    }

    private List<String> each(String[] words, Consumer<FleetHost> order) {
        fleet.named(word(words, 1)).forEach(order);
        return List.of();
    }

    private static Duration milliseconds(String[] words, int index) {
        return Duration.ofMillis(number(words, index));
    }

    private static long number(String[] words, int index) {
        return Long.parseLong(word(words, index));
    }

    private static String word(String[] words, int index) {
        if (index >= words.length) {
            throw new IllegalArgumentException(words[0] + " needs more words");
        }
        return words[index];
    }
}

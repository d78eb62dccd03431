package dev.meseta.lab.faults;

import dev.meseta.lab.faults.Evidence.Guest;
import dev.meseta.lab.faults.Evidence.Reset;
import dev.meseta.lab.faults.Evidence.Run;
import dev.meseta.lab.host.HostProcess;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.stack.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Real hosts of the lab, with libvirt and QEMU. Where guests run is sampled: every host is asked in turn, as fast as it
 * goes. Hosts cannot be asked at the same instant; a guest that runs on A, on B, and still on A was certainly on both.
 */
final class RealHosts implements Hosts {

    private static final Pattern VM_ID = Pattern.compile("-uuid\\s+([0-9a-f-]{36})");

    private final Stack stack;
    private final List<LabHost> hosts;
    private final List<Run> ended = new ArrayList<>();
    private final Map<UUID, Run> going = new HashMap<>();
    private final Thread sampler;
    private volatile boolean stopped;

    RealHosts(Stack stack) {
        this.stack = stack;
        this.hosts = stack.lab().hosts();
        this.sampler = Thread.ofPlatform().daemon().name("where-guests-run").start(this::sample);
    }

    @Override
    public List<String> names() {
        return hosts.stream().map(LabHost::name).toList();
    }

    @Override
    public Set<FaultKind> kinds() {
        return EnumSet.of(
                FaultKind.AGENT_KILL,
                FaultKind.AGENT_PAUSE,
                FaultKind.HOST_CUT_OFF,
                FaultKind.HOST_SLOW,
                FaultKind.GUEST_CRASH);
    }

    @Override
    public String begin(FaultKind kind, String name, double chance) {
        LabHost host = stack.lab().host(name);
        switch (kind) {
            case AGENT_KILL -> host.killAgent();
            case AGENT_PAUSE -> host.pauseAgent();
            case HOST_CUT_OFF -> host.partition();
            case HOST_SLOW -> host.delay(Duration.ofMillis(5 + (long) (chance * 100)));
            case GUEST_CRASH -> {
                List<HostProcess> guests = host.qemuProcesses();
                if (guests.isEmpty()) {
                    return "nobody there";
                }
                HostProcess victim = guests.get((int) (chance * guests.size()));
                host.kill(List.of(victim));
                return host.guestName(victim);
            }
            default -> throw new IllegalArgumentException(kind + " is no fault of a real host");
        }
        return "";
    }

    @Override
    public void end(FaultKind kind, String name) {
        LabHost host = stack.lab().host(name);
        switch (kind) {
            case AGENT_KILL -> stack.startAgent(host);
            case AGENT_PAUSE -> host.resumeAgent();
            case HOST_CUT_OFF, HOST_SLOW -> host.heal();
            case GUEST_CRASH -> {}
            default -> throw new IllegalArgumentException(kind + " is no fault of a real host");
        }
    }

    @Override
    public void heal() {
        for (LabHost host : hosts) {
            host.heal();
            host.resumeAgent();
            stack.startAgent(host);
        }
    }

    /** From the first to the last time that the guest was seen there. */
    @Override
    public synchronized List<Run> runs() {
        List<Run> all = new ArrayList<>(ended);
        all.addAll(going.values());
        return all;
    }

    @Override
    public List<Reset> resets() {
        return List.of();
    }

    @Override
    public List<Guest> guests() {
        List<Guest> guests = new ArrayList<>();
        for (LabHost host : hosts) {
            Set<UUID> running = running(host);
            for (HostProcess process : host.qemuProcesses()) {
                vmOf(process)
                        .ifPresent(vmId -> guests.add(
                                new Guest(vmId, host.name(), running.contains(vmId) ? "RUNNING" : "PAUSED")));
            }
        }
        return guests;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            sampler.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sample() {
        while (!stopped) {
            Map<UUID, LabHost> round = new HashMap<>();
            for (LabHost host : hosts) {
                for (UUID vmId : running(host)) {
                    LabHost other = round.put(vmId, host);
                    long now = System.nanoTime();
                    // Certain only when the other one says so again, after this one has.
                    if (other != null && running(other).contains(vmId)) {
                        both(vmId, other.name(), host.name(), now);
                    } else {
                        seen(vmId, host.name(), now);
                    }
                }
            }
        }
    }

    private synchronized void both(UUID vmId, String one, String other, long atNanos) {
        ended.add(new Run(vmId, one, atNanos, atNanos + 1));
        ended.add(new Run(vmId, other, atNanos, atNanos + 1));
    }

    private synchronized void seen(UUID vmId, String host, long now) {
        Run before = going.get(vmId);
        if (before != null && before.host().equals(host)) {
            going.put(vmId, new Run(vmId, host, before.beginNanos(), now));
        } else {
            if (before != null) {
                ended.add(before);
            }
            going.put(vmId, new Run(vmId, host, now, now));
        }
    }

    private static Set<UUID> running(LabHost host) {
        ProgramResult result =
                host.exec(List.of("virsh", "--quiet", "--readonly", "list", "--uuid", "--state-running"));
        return result.output()
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(UUID::fromString)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Optional<UUID> vmOf(HostProcess process) {
        Matcher matcher = VM_ID.matcher(String.join(" ", process.arguments()));
        return matcher.find() ? Optional.of(UUID.fromString(matcher.group(1))) : Optional.empty();
    }
}

package dev.meseta.lab.e2e;

import dev.meseta.lab.host.HostProcess;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.ProgramResult;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * Asks every host's libvirt, without a pause, whether a VM's guest runs there, and remembers when it ran on two at once.
 * Hosts cannot be asked at the same instant; "runs on both" is certain when host A said yes before and after host B did.
 */
final class WhereItRuns implements AutoCloseable {

    private final List<LabHost> hosts;
    private final String vmId;
    private final List<String> violations = new ArrayList<>();
    private final Thread thread;
    private volatile boolean stopped;
    private int rounds;

    WhereItRuns(List<LabHost> hosts, UUID vmId) {
        this.hosts = List.copyOf(hosts);
        this.vmId = vmId.toString();
        this.thread = Thread.ofPlatform().daemon().name("where-it-runs").start(this::watch);
    }

    /** Names of the hosts whose libvirt says that the guest runs there now. */
    static List<String> runningOn(List<LabHost> hosts, UUID vmId) {
        return hosts.stream()
                .filter(host -> runsOn(host, vmId.toString()))
                .map(LabHost::name)
                .toList();
    }

    /** Names of the hosts that have a QEMU process of the VM, running or waiting for memory. */
    static List<String> processesOn(List<LabHost> hosts, UUID vmId) {
        return hosts.stream()
                .filter(host -> processesOf(host, vmId).findAny().isPresent())
                .map(LabHost::name)
                .toList();
    }

    /** The QEMU processes of the VM on a host, running or waiting for memory. */
    static Stream<HostProcess> processesOf(LabHost host, UUID vmId) {
        return host.qemuProcesses().stream()
                .filter(process -> process.arguments().stream().anyMatch(a -> a.contains(vmId.toString())));
    }

    synchronized List<String> violations() {
        return List.copyOf(violations);
    }

    /** How often all hosts were asked; a watch that never asked has shown nothing. */
    synchronized int rounds() {
        return rounds;
    }

    @Override
    public void close() {
        stopped = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void watch() {
        while (!stopped) {
            LabHost first = hosts.get(rounds() % hosts.size());
            if (runsOn(first, vmId)) {
                for (LabHost other : hosts) {
                    if (other != first && runsOn(other, vmId) && runsOn(first, vmId)) {
                        synchronized (this) {
                            violations.add("the guest ran on %s and %s at once".formatted(first.name(), other.name()));
                        }
                    }
                }
            }
            synchronized (this) {
                rounds++;
            }
        }
    }

    private static boolean runsOn(LabHost host, String vmId) {
        if (!host.isUp()) {
            return false;
        }
        ProgramResult result = host.exec(List.of("virsh", "--quiet", "--readonly", "domstate", vmId));
        return result.succeeded() && result.output().strip().equals("running");
    }
}

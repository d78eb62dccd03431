package dev.meseta.lab.bench;

import dev.meseta.lab.fleet.FleetClient;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.stack.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;

/**
 * What a manager holds in memory when so many hosts are connected with running VMs on all of them, at a sixteenth, a quarter
 * and all of the hosts; and how soon it knows again what a host with very many VMs has.
 */
public final class CapacityBenchmark implements Benchmark {

    private static final List<Integer> SHARES = List.of(16, 4, 1);
    private static final int VMS_PER_HOST = 40;
    private static final int MEBIBYTES = 64;
    private static final double GOAL_MANAGER_MIB = 2_048;

    /** What hosts are filled up with, one after the other, for measuring how they are taken in again. */
    private static final List<Integer> RESYNC_VMS = List.of(125, 500, 2_000);

    private static final int GOAL_VMS = 500;
    private static final double GOAL_RESYNC_MS = 1_000;
    private static final int WARM_UP = 3;
    private static final int ROUNDS = 7;
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final Duration RESYNC_LIMIT = Duration.ofMinutes(1);

    @Override
    public String name() {
        return "capacity";
    }

    @Override
    public String about() {
        return "memory with 40 running VMs on each simulated host, taking in all VMs of a host; use --simulated 2500";
    }

    @Override
    public BenchReport run(BenchContext context) {
        List<Measure> measures = new ArrayList<>();
        for (int share : SHARES) {
            int hosts = Math.max(RESYNC_VMS.size(), context.simulatedHosts() / share);
            try (BenchDataCenter dataCenter = BenchDataCenter.ofSimulatedHosts(context.withHosts(hosts))) {
                fill(dataCenter, hosts, context.progress());
                if (share == 1) {
                    measures.addAll(resyncs(dataCenter, context.progress()));
                }
                measures.addAll(memory(dataCenter, hosts, context.progress()));
            }
        }
        return new BenchReport(name(), BenchDataCenter.commit(context), BenchDataCenter.machine(), measures);
    }

    private static void fill(BenchDataCenter dataCenter, int hosts, Progress progress) {
        double before = ProcessorTime.of(dataCenter.managerProcess());
        long begin = System.nanoTime();
        run(dataCenter, VMS_PER_HOST, "sim-%");
        int vms = hosts * VMS_PER_HOST;
        progress.step("%d VMs run on %d hosts; the manager knew of the last %.1f s after they began, and used %.1f s"
                .formatted(
                        vms,
                        hosts,
                        (System.nanoTime() - begin) / 1e9,
                        (ProcessorTime.of(dataCenter.managerProcess()) - before) / 1e3));
    }

    /** Lets VMs run and waits until the manager has heard of all. */
    private static void run(BenchDataCenter dataCenter, int perHost, String hosts) {
        FilledRows rows = new FilledRows(dataCenter);
        long seen = rows.seenRunning();
        Map<String, List<UUID>> made = rows.running(perHost, hosts, MEBIBYTES);
        long added = made.values().stream().mapToLong(List::size).sum();
        try (FleetClient fleet = dataCenter.fleetOrders()) {
            made.forEach((host, vms) -> fleet.runGuests(host, MEBIBYTES, vms));
        }
        Await.until("the manager to hear of %d VMs".formatted(added), LIMIT, () -> rows.seenRunning() >= seen + added);
    }

    private static List<Measure> memory(BenchDataCenter dataCenter, int hosts, Progress progress) {
        String label = "-%d-hosts".formatted(hosts);
        double resident = ProcessMemory.residentMebibytes(dataCenter.managerProcess());
        double heap = ProcessMemory.heapMebibytes(dataCenter.managerProcess());
        double fleet = ProcessMemory.residentMebibytes(dataCenter.fleetProcess());
        progress.step("%d hosts: manager %.0f MiB, of them %.0f MiB live objects; simulated hosts %.0f MiB"
                .formatted(hosts, resident, heap, fleet));
        return List.of(
                new Measure("manager" + label, "MiB", Samples.of(resident).summary(), null, GOAL_MANAGER_MIB),
                new Measure("heap" + label, "MiB", Samples.of(heap).summary(), null, null),
                new Measure("fleet" + label, "MiB", Samples.of(fleet).summary(), null, null));
    }

    private static List<Measure> resyncs(BenchDataCenter dataCenter, Progress progress) {
        List<Measure> measures = new ArrayList<>();
        int number = 0;
        for (int vms : RESYNC_VMS) {
            String host = String.format(Locale.ROOT, "sim-%05d", ++number);
            run(dataCenter, vms - VMS_PER_HOST, host);
            Samples times = new Samples();
            double used = 0;
            for (int round = 0; round < WARM_UP + ROUNDS; round++) {
                double before = ProcessorTime.of(dataCenter.managerProcess());
                double took = resync(dataCenter, host);
                if (round >= WARM_UP) {
                    times.add(took);
                    used += ProcessorTime.of(dataCenter.managerProcess()) - before;
                }
            }
            progress.step("a host with %d VMs is known again after %.0f ms; the manager used %.0f ms meanwhile"
                    .formatted(vms, times.summary().median(), used / ROUNDS));
            measures.add(new Measure(
                    "resync-%d-vms".formatted(vms),
                    "ms",
                    times.summary(),
                    null,
                    vms == GOAL_VMS ? GOAL_RESYNC_MS : null));
        }
        return measures;
    }

    /** Its agent starts anew, so nothing that was known is of use; milliseconds from the opening of the watch. */
    private static double resync(BenchDataCenter dataCenter, String host) {
        Resyncs before = Resyncs.of(dataCenter);
        try (FleetClient fleet = dataCenter.fleetOrders()) {
            fleet.killAgent(host);
            fleet.startAgent(host);
        }
        Resyncs after = Await.result(
                "host " + host + " to be known again",
                RESYNC_LIMIT,
                () -> Resyncs.of(dataCenter).since(before));
        return after.seconds() * 1e3 / after.count();
    }
}

package dev.meseta.lab.bench;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.fleet.FleetClient;
import dev.meseta.lab.stack.Progress;
import dev.meseta.lab.stack.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/**
 * What the manager carries, on simulated hosts whose hypervisors answer at once: VMs made and started through the REST
 * API by a bounded number of clients, each of which waits for the end of what it asked for, while the number of VMs grows
 * to four and sixteen times the first.
 */
public final class ControlPlaneBenchmark implements Benchmark {

    private static final String CREATE = "create";
    private static final String EVENTS = "events";
    private static final String LISTS = "lists";
    private static final String FAILOVER = "failover";

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final int CLIENTS = 16;
    private static final int ROUNDS = 5;
    private static final int VMS_IN_ROUND = 40;
    /** The last of them are measured; before those, what is hot has been compiled. */
    private static final int FIRST_VMS = 500;

    private static final List<Integer> GROWTH = List.of(1, 4, 16);
    /** 500 tasks a second. */
    private static final double GOAL_MS = 2;

    private static final double GOAL_MANAGER_MIB = 2_048;

    @Override
    public String name() {
        return "control-plane";
    }

    @Override
    public String about() {
        return "VMs made on simulated hosts, events, lists of very many VMs, memory, loss of a manager";
    }

    @Override
    public List<String> parts() {
        return List.of(CREATE, EVENTS, LISTS, FAILOVER);
    }

    @Override
    public BenchReport run(BenchContext context) {
        try (BenchDataCenter dataCenter = BenchDataCenter.ofSimulatedHosts(context)) {
            List<Measure> measures = new ArrayList<>();
            if (context.wants(CREATE) || context.wants(EVENTS)) {
                measures.addAll(measure(dataCenter, context));
            }
            if (context.wants(LISTS)) {
                measures.addAll(new ManyVms(dataCenter, context.progress()).measure());
            }
            measures.add(memory("manager", dataCenter.managerProcess(), GOAL_MANAGER_MIB));
            measures.add(memory("hosts", dataCenter.fleetProcess(), null));
            if (context.wants(FAILOVER)) {
                measures.addAll(new ManagerLoss(dataCenter.managers(2, context), context.progress()).measure());
            }
            return new BenchReport(name(), BenchDataCenter.commit(context), BenchDataCenter.machine(), measures);
        } catch (TimeoutException e) {
            throw new IllegalStateException("a figure would be meaningless: " + e.getMessage(), e);
        }
    }

    private static List<Measure> measure(BenchDataCenter dataCenter, BenchContext context) throws TimeoutException {
        Progress progress = context.progress();
        Load load = new Load(dataCenter.client());
        List<Measure> measures = new ArrayList<>();
        for (int growth : context.wants(CREATE) ? GROWTH : GROWTH.subList(0, 1)) {
            int wanted = FIRST_VMS * growth - ROUNDS * VMS_IN_ROUND;
            double filling = load.create(wanted - load.created());
            progress.step("%d VMs, the last at %.1f ms each".formatted(load.created(), filling));
            Samples perTask = new Samples();
            Usage before = Usage.of(dataCenter);
            for (int round = 0; round < ROUNDS; round++) {
                perTask.add(load.create(VMS_IN_ROUND));
            }
            Usage used = Usage.of(dataCenter).since(before).per(ROUNDS * VMS_IN_ROUND);
            double median = perTask.summary().median();
            progress.step("%d VMs: %.1f ms per task, %.0f tasks/s".formatted(load.created(), median, 1_000 / median));
            progress.step("processor time per task: " + used);
            measures.add(new Measure("create-" + growth + "x", "ms", perTask.summary(), null, GOAL_MS));
            measures.add(new Measure(
                    "create-processor-" + growth + "x",
                    "ms",
                    Samples.of(used.total()).summary(),
                    null,
                    null));
            if (growth == 1 && context.wants(EVENTS)) {
                try (FleetClient fleet = dataCenter.fleetOrders()) {
                    measures.add(EventDelivery.measure(dataCenter.client(), fleet, progress));
                    BrowserDelivery.measure(dataCenter, fleet, context.repository(), progress)
                            .ifPresent(measures::add);
                }
            }
        }
        return measures;
    }

    private static Measure memory(
            String name, ProcessHandle process, @org.jspecify.annotations.Nullable Double goalMebibytes) {
        Samples resident = Samples.of(ProcessMemory.residentMebibytes(process));
        return new Measure("memory-" + name, "MiB", resident.summary(), null, goalMebibytes);
    }

    /** Milliseconds of processor time, by who used them. */
    private record Usage(double manager, double database, double hosts, double client) {

        static Usage of(BenchDataCenter dataCenter) {
            return new Usage(
                    ProcessorTime.of(dataCenter.managerProcess()),
                    ProcessorTime.ofTree(dataCenter.databaseProcess()),
                    ProcessorTime.of(dataCenter.fleetProcess()),
                    ProcessorTime.of(ProcessHandle.current()));
        }

        Usage since(Usage before) {
            return new Usage(
                    manager - before.manager, database - before.database, hosts - before.hosts, client - before.client);
        }

        Usage per(int tasks) {
            return new Usage(manager / tasks, database / tasks, hosts / tasks, client / tasks);
        }

        double total() {
            return manager + database + hosts + client;
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.1f ms (manager %.1f, database %.1f, hosts %.1f, client %.1f)",
                    total(),
                    manager,
                    database,
                    hosts,
                    client);
        }
    }

    /** Clients that create VMs. */
    private static final class Load {

        private final MesetaClient client;
        private final String imageId;
        private final AtomicInteger number = new AtomicInteger();

        Load(MesetaClient client) {
            this.client = client;
            this.imageId = client.get("/images?q=name:" + Stack.GUEST_IMAGE)
                    .required("items")
                    .required(0)
                    .required("id")
                    .stringValue();
        }

        int created() {
            return number.get();
        }

        /**
         * Creates and starts so many.
         *
         * @return milliseconds per VM, from the first request to the end of the last task
         */
        double create(int count) {
            AtomicInteger left = new AtomicInteger(count);
            long begin = System.nanoTime();
            List<Future<?>> clients = new ArrayList<>();
            try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
                for (int each = 0; each < CLIENTS; each++) {
                    clients.add(threads.submit(() -> {
                        while (left.getAndDecrement() > 0) {
                            createOne();
                        }
                        return null;
                    }));
                }
            }
            double elapsed = (System.nanoTime() - begin) / 1e6;
            clients.forEach(Load::mustHaveSucceeded);
            return elapsed / count;
        }

        private void createOne() throws TimeoutException {
            JsonNode unused = client.submitAndAwait(
                    "POST",
                    "/vms",
                    Map.of(
                            "name",
                            "bench-" + number.incrementAndGet(),
                            "imageId",
                            imageId,
                            "vcpus",
                            1,
                            "memoryMiB",
                            128),
                    LIMIT);
        }

        private static void mustHaveSucceeded(Future<?> done) {
            try {
                Object unused = done.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a figure would be meaningless: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }
}

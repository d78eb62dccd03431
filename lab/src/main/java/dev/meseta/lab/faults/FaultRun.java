package dev.meseta.lab.faults;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.faults.Evidence.Request;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.stack.ManagerProcess;
import dev.meseta.lab.stack.Progress;
import dev.meseta.lab.stack.Stack;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * One run: a data center of its own, load and faults at once, then no more faults, then the checker. Nothing is left
 * running after it.
 */
public final class FaultRun {

    /** How long after the last fault everything must be as it should. */
    private static final Duration SETTLING_LIMIT = Duration.ofMinutes(2);

    private static final Duration CLIENT_PATIENCE = Duration.ofSeconds(8);
    /** No client takes less time for a turn. */
    private static final int TURN_MS = 5;

    private static final int MEMORY_MIB = 128;
    /** Second number of a fleet's addresses, less the lab's number. */
    private static final int FIRST_FLEET_NETWORK = 100;

    private final RunOptions options;
    private final Path repository;
    private final Path work;
    private final Progress progress;

    /**
     * @param repository root of the source tree, where everything has been built
     * @param work an empty folder; the history stays there
     */
    public FaultRun(RunOptions options, Path repository, Path work, Progress progress) {
        this.options = options;
        this.repository = repository;
        this.work = work;
        this.progress = progress;
    }

    /** Runs it all; takes the duration and a few minutes. */
    public FaultReport run() {
        progress.step("seed " + options.seed());
        try (History history = new History(work.resolve("history-%d.jsonl".formatted(options.seed())));
                Stack stack = Stack.forThisProcess(repository, work.resolve("data-center"))) {
            history.add("run", Map.of("options", options));
            int real = options.real() ? options.hosts() : 0;
            stack.up(new Stack.Wanted(real, options.hosts() - real, options.managers(), Optional.empty()), progress);
            try (Firewall firewall = new Firewall(stack.lab().number());
                    Hosts hosts = hosts(stack, firewall)) {
                Database database = new Database(stack.postgres(), firewall);
                return run(stack, database, hosts, history);
            }
        }
    }

    private Hosts hosts(Stack stack, Firewall firewall) {
        return options.real()
                ? new RealHosts(stack)
                : new SimulatedHosts(
                        stack.fleet().connect(),
                        firewall,
                        FIRST_FLEET_NETWORK + stack.lab().number());
    }

    private FaultReport run(Stack stack, Database database, Hosts hosts, History history) {
        Nemesis nemesis = new Nemesis(stack.managers(), database, hosts, history);
        FaultPlan faults = FaultPlan.of(options.seed(), options.duration(), nemesis.kinds());
        progress.step("%d faults are planned".formatted(faults.count()));
        ConcurrentLinkedQueue<Request> requests = new ConcurrentLinkedQueue<>();
        CountDownLatch over = new CountDownLatch(1);
        List<MesetaClient> clients = new ArrayList<>();
        for (ManagerProcess manager : stack.managers()) {
            clients.add(MesetaClient.fromAccessFile(
                    stack.state().manager(manager.index()).resolve("access.json"), CLIENT_PATIENCE));
        }
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<?>> working = load(threads, clients, history, requests, over);
            Future<?> faulting = threads.submit(() -> {
                nemesis.carryOut(faults, over);
                return true;
            });
            boolean unused = await(over, options.duration());
            over.countDown();
            progress.step("the load is over, %d requests; mending".formatted(requests.size()));
            finish(faulting);
            nemesis.heal();
            working.forEach(FaultRun::finish);
            progress.step("everything is mended");
            Witness witness =
                    new Witness(clients.getFirst(), database, hosts, stack.lab().sharedStorage());
            return judge(witness, List.copyOf(requests), nemesis, history);
        } finally {
            over.countDown();
            clients.forEach(MesetaClient::close);
        }
    }

    private List<Future<?>> load(
            ExecutorService threads,
            List<MesetaClient> clients,
            History history,
            ConcurrentLinkedQueue<Request> requests,
            CountDownLatch over) {
        String image = clients.getFirst()
                .get("/images?q=name:" + Stack.GUEST_IMAGE)
                .required("items")
                .required(0)
                .required("id")
                .stringValue();
        WorkloadPlan plan = WorkloadPlan.of(options.seed(), options.clients(), turns(), options.slots());
        WorkloadClient.Shared shared = new WorkloadClient.Shared(
                new Slots(plan.slots()),
                new WorkloadClient.Template(image, MEMORY_MIB),
                history,
                requests,
                over,
                new AtomicInteger(options.operations()));
        List<Future<?>> working = new ArrayList<>();
        for (int number = 0; number < options.clients(); number++) {
            WorkloadClient client = new WorkloadClient(number, clients, shared, options.seed());
            List<WorkloadPlan.Turn> turns = plan.clients().get(number);
            working.add(threads.submit(() -> {
                client.work(turns);
                return true;
            }));
        }
        return working;
    }

    /** More than any client can take in the time. */
    private int turns() {
        return (int) Math.min(options.operations(), options.duration().toMillis() / TURN_MS + 1);
    }

    /** Asks until nothing is wrong any more, or too much time has passed. */
    private FaultReport judge(Witness witness, List<Request> requests, Nemesis nemesis, History history) {
        long healed = System.nanoTime();
        Evidence evidence = gather(witness, requests);
        List<Violation> violations = Checker.check(evidence);
        while (violations.stream().anyMatch(each -> each.property().inTheEnd())
                && System.nanoTime() - healed < SETTLING_LIMIT.toNanos()) {
            boolean unused = await(new CountDownLatch(1), Duration.ofSeconds(1));
            evidence = gather(witness, requests);
            violations = Checker.check(evidence);
        }
        boolean settled = violations.stream().noneMatch(each -> each.property().inTheEnd());
        long settledMs = settled ? (System.nanoTime() - healed) / 1_000_000 : -1;
        violations.forEach(
                each -> history.add("violation", Map.of("property", each.property(), "detail", each.detail())));
        history.add("evidence", Map.of("evidence", evidence));
        return new FaultReport(
                options,
                requests.stream()
                        .collect(Collectors.groupingBy(
                                request -> request.accepted()
                                        ? "accepted"
                                        : request.status() == 0 ? "no answer" : request.code(),
                                Collectors.counting())),
                evidence.tasks().stream()
                        .collect(
                                Collectors.groupingBy(task -> task.kind() + " " + task.state(), Collectors.counting())),
                nemesis.counts(),
                evidence.runs().size(),
                settledMs,
                violations,
                history.file());
    }

    /** A manager may be about to restart; its API is asked again. */
    private static Evidence gather(Witness witness, List<Request> requests) {
        return Await.result("the evidence", SETTLING_LIMIT, () -> {
            try {
                return Optional.of(witness.gather(requests));
            } catch (UncheckedIOException notNow) {
                return Optional.empty();
            }
        });
    }

    private static boolean await(CountDownLatch latch, Duration atMost) {
        try {
            return latch.await(atMost.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static void finish(Future<?> work) {
        try {
            Object unused = work.get();
        } catch (ExecutionException e) {
            throw new IllegalStateException("the run itself went wrong: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }
}

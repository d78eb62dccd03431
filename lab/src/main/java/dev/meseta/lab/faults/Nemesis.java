package dev.meseta.lab.faults;

import dev.meseta.lab.faults.FaultPlan.Planned;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.stack.ManagerProcess;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** Carries a plan of faults out, and mends all in the end. */
final class Nemesis {

    /** Faults that a database and managers can have. */
    static final Set<FaultKind> CONTROL = Set.of(
            FaultKind.MANAGER_KILL,
            FaultKind.MANAGER_PAUSE,
            FaultKind.DATABASE_KILL,
            FaultKind.DATABASE_PAUSE,
            FaultKind.DATABASE_CUT_OFF);

    private static final Duration START_LIMIT = Duration.ofMinutes(3);

    private final List<ManagerProcess> managers;
    private final Database database;
    private final Hosts hosts;
    private final History history;
    private final Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);

    Nemesis(List<ManagerProcess> managers, Database database, Hosts hosts, History history) {
        this.managers = List.copyOf(managers);
        this.database = database;
        this.hosts = hosts;
        this.history = history;
    }

    /** Returns when the last fault has ended, or soon after somebody has opened the latch. */
    void carryOut(FaultPlan plan, CountDownLatch enough) {
        long begin = System.nanoTime();
        List<Future<?>> lanes;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            lanes = plan.lanes().stream()
                    .<Future<?>>map(lane -> threads.submit(() -> lane(lane, begin, enough)))
                    .toList();
        }
        for (Future<?> lane : lanes) {
            try {
                Object unused = lane.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("a fault could not be made: " + e.getCause(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    /** How often each kind was made. */
    synchronized Map<FaultKind, Integer> counts() {
        return Map.copyOf(counts);
    }

    /** Everything runs and everybody reaches everybody. */
    void heal() {
        history.add("heal", Map.of());
        database.mend();
        database.resume();
        database.start();
        managers.forEach(ManagerProcess::resume);
        managers.forEach(Nemesis::start);
        hosts.heal();
        history.add("healed", Map.of());
    }

    private Object lane(List<Planned> faults, long begin, CountDownLatch enough) throws InterruptedException {
        for (Planned fault : faults) {
            long wait = begin + TimeUnit.MILLISECONDS.toNanos(fault.atMs()) - System.nanoTime();
            if (enough.await(wait, TimeUnit.NANOSECONDS)) {
                break;
            }
            String victim = victim(fault);
            String detail = begin(fault, victim);
            count(fault.kind());
            history.add(
                    "fault",
                    Map.of("kind", fault.kind(), "victim", victim, "lastsMs", fault.lastsMs(), "detail", detail));
            boolean unused = enough.await(fault.lastsMs(), TimeUnit.MILLISECONDS);
            end(fault, victim);
            history.add("fault ended", Map.of("kind", fault.kind(), "victim", victim));
        }
        return true;
    }

    private synchronized void count(FaultKind kind) {
        counts.merge(kind, 1, Integer::sum);
    }

    private String victim(Planned fault) {
        return switch (fault.kind().lane()) {
            case CONTROL ->
                fault.kind().name().startsWith("MANAGER")
                        ? Integer.toString(fault.victim() % managers.size())
                        : "postgresql";
            case HOSTS -> host(fault);
        };
    }

    /** Lanes have hosts of their own, so that no fault ends another's. */
    private String host(Planned fault) {
        List<String> own = hosts.names().stream()
                .filter(name -> hosts.names().indexOf(name) % 3 == (fault.lane() - 1) % 3)
                .toList();
        List<String> victims = own.isEmpty() ? hosts.names() : own;
        return victims.get(fault.victim() % victims.size());
    }

    private String begin(Planned fault, String victim) {
        switch (fault.kind()) {
            case MANAGER_KILL -> manager(victim).kill();
            case MANAGER_PAUSE -> manager(victim).pause();
            case DATABASE_KILL -> database.kill();
            case DATABASE_PAUSE -> database.pause();
            case DATABASE_CUT_OFF -> database.cutOff();
            default -> {
                return hosts.begin(fault.kind(), victim, fault.chance());
            }
        }
        return "";
    }

    private void end(Planned fault, String victim) {
        switch (fault.kind()) {
            case MANAGER_KILL -> start(manager(victim));
            case MANAGER_PAUSE -> {
                manager(victim).resume();
                start(manager(victim));
            }
            case DATABASE_KILL -> database.start();
            case DATABASE_PAUSE -> database.resume();
            case DATABASE_CUT_OFF -> database.mend();
            default -> hosts.end(fault.kind(), victim);
        }
    }

    private ManagerProcess manager(String victim) {
        return managers.get(Integer.parseInt(victim));
    }

    /** Returns when it answers; one that ends meanwhile is started again. */
    private static void start(ManagerProcess manager) {
        Await.until(manager.name(), START_LIMIT, () -> {
            try {
                manager.start();
                manager.awaitReady();
                return true;
            } catch (IllegalStateException ended) {
                return false;
            }
        });
    }

    /** Kinds that can be made here. */
    Set<FaultKind> kinds() {
        return java.util.stream.Stream.concat(CONTROL.stream(), hosts.kinds().stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}

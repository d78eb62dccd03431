package dev.meseta.lab.faults;

import dev.meseta.lab.faults.FaultPlan.Planned;
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

    private final Managers managers;
    private final Database database;
    private final Hosts hosts;
    private final History history;
    private final Map<FaultKind, Integer> counts = new EnumMap<>(FaultKind.class);

    Nemesis(Managers managers, Database database, Hosts hosts, History history) {
        this.managers = managers;
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
        for (int manager = 0; manager < managers.count(); manager++) {
            managers.resume(manager);
            managers.start(manager);
        }
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
                        ? Integer.toString(fault.victim() % managers.count())
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
            case MANAGER_KILL -> managers.kill(Integer.parseInt(victim));
            case MANAGER_PAUSE -> managers.pause(Integer.parseInt(victim));
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
            case MANAGER_KILL -> managers.start(Integer.parseInt(victim));
            case MANAGER_PAUSE -> {
                managers.resume(Integer.parseInt(victim));
                // One that was fenced meanwhile ends; whoever runs managers starts them again.
                managers.start(Integer.parseInt(victim));
            }
            case DATABASE_KILL -> database.start();
            case DATABASE_PAUSE -> database.resume();
            case DATABASE_CUT_OFF -> database.mend();
            default -> hosts.end(fault.kind(), victim);
        }
    }

    /** Kinds that can be made here. */
    Set<FaultKind> kinds() {
        return java.util.stream.Stream.concat(CONTROL.stream(), hosts.kinds().stream())
                .collect(Collectors.toUnmodifiableSet());
    }
}

package dev.meseta.lab.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Which faults come when. The same seed, duration and kinds give the same plan.
 *
 * @param lanes lists of faults, each in the order of time; those of a list never overlap
 */
record FaultPlan(List<List<Planned>> lanes) {

    private static final int HOST_LANES = 3;
    private static final Duration CONTROL_GAP = Duration.ofSeconds(9);
    private static final Duration HOST_GAP = Duration.ofSeconds(3);

    /**
     * One fault.
     *
     * @param atMs since the beginning of the load
     * @param lane number of its list
     * @param victim any number; whoever carries it out takes the remainder by the number of victims there are
     * @param chance 0 to 1, for whatever else is left to chance
     */
    record Planned(FaultKind kind, long atMs, long lastsMs, int lane, int victim, double chance) {}

    /** Faults may come until the duration is over; the last may end a little later. */
    static FaultPlan of(long seed, Duration duration, Set<FaultKind> kinds) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x6661756c7473L);
        List<List<Planned>> lanes = new ArrayList<>();
        lanes.add(lane(random.split(), 0, duration, CONTROL_GAP, of(kinds, FaultKind.Lane.CONTROL)));
        for (int number = 1; number <= HOST_LANES; number++) {
            lanes.add(lane(random.split(), number, duration, HOST_GAP, of(kinds, FaultKind.Lane.HOSTS)));
        }
        return new FaultPlan(List.copyOf(lanes));
    }

    int count() {
        return lanes.stream().mapToInt(List::size).sum();
    }

    private static List<FaultKind> of(Set<FaultKind> kinds, FaultKind.Lane lane) {
        return kinds.stream().filter(kind -> kind.lane() == lane).sorted().toList();
    }

    private static List<Planned> lane(
            SplittableRandom random, int number, Duration duration, Duration gap, List<FaultKind> kinds) {
        List<Planned> lane = new ArrayList<>();
        if (kinds.isEmpty()) {
            return lane;
        }
        long at = between(random, gap.toMillis() / 3, gap.toMillis());
        while (at < duration.toMillis()) {
            FaultKind kind = draw(random, kinds);
            long lasts = between(random, kind.least().toMillis(), kind.most().toMillis());
            lane.add(new Planned(kind, at, lasts, number, random.nextInt(Integer.MAX_VALUE), random.nextDouble()));
            at += lasts + between(random, gap.toMillis() / 2, gap.toMillis() * 2);
        }
        return lane;
    }

    private static FaultKind draw(SplittableRandom random, List<FaultKind> kinds) {
        int ticket = random.nextInt(kinds.stream().mapToInt(FaultKind::weight).sum());
        for (FaultKind kind : kinds) {
            ticket -= kind.weight();
            if (ticket < 0) {
                return kind;
            }
        }
        throw new IllegalStateException("no kind of fault was drawn");
    }

    private static long between(SplittableRandom random, long least, long most) {
        return least >= most ? least : random.nextLong(least, most + 1);
    }
}

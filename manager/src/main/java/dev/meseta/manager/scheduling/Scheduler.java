package dev.meseta.manager.scheduling;

import dev.meseta.manager.scheduling.PlacementFilter.Explanation;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Ranks hosts for a VM. The same snapshot in any order gives the same answer: equal scores are decided by the number of
 * VMs there, then by name, then by id.
 */
public final class Scheduler {

    private static final Comparator<HostCapacity> TIE_BREAK = Comparator.comparingInt(HostCapacity::reservedVms)
            .thenComparing(HostCapacity::name)
            .thenComparing(HostCapacity::id);

    private static final Comparator<RankedHost> BEST_FIRST = Comparator.comparing(
                    RankedHost::accepted, Comparator.reverseOrder())
            .thenComparing(RankedHost::score, Comparator.reverseOrder())
            .thenComparing(RankedHost::host, TIE_BREAK);

    private final PlacementFilter[] filters;
    private final SpreadScore score;

    public Scheduler(List<PlacementFilter> filters, SpreadScore score) {
        if (filters.isEmpty()) {
            throw new IllegalArgumentException("Without any filter every host would do.");
        }
        this.filters = filters.toArray(PlacementFilter[]::new);
        this.score = score;
    }

    /** All rules there are. */
    public static Scheduler of(Allowance allowance) {
        return new Scheduler(
                List.of(
                        new HostStatusFilter(),
                        new RequiredHostFilter(),
                        new ExcludedHostFilter(),
                        new AccelerationFilter(),
                        new MemoryFilter(allowance),
                        new VcpuFilter(allowance)),
                new SpreadScore(allowance));
    }

    /** The host to take, without reasons for the others: nothing is allocated per host. */
    public Optional<HostCapacity> best(Iterable<HostCapacity> hosts, Demand demand) {
        @Nullable HostCapacity best = null;
        double bestScore = -1;
        for (HostCapacity host : hosts) {
            if (!accepts(host, demand)) {
                continue;
            }
            double hostScore = score.of(host, demand);
            if (best == null
                    || hostScore > bestScore
                    || (hostScore == bestScore && TIE_BREAK.compare(host, best) < 0)) {
                best = host;
                bestScore = hostScore;
            }
        }
        return Optional.ofNullable(best);
    }

    /** Every host of the snapshot: accepted ones, best first, then rejected ones by name. */
    public List<RankedHost> rank(Snapshot snapshot, Demand demand) {
        List<RankedHost> ranked = new ArrayList<>(snapshot.hosts().size());
        for (HostCapacity host : snapshot.hosts()) {
            ranked.add(judge(host, demand));
        }
        ranked.sort(BEST_FIRST);
        return ranked;
    }

    /** One host: the score and what it is made of, or every reason against it. */
    public RankedHost judge(HostCapacity host, Demand demand) {
        List<Explanation> against = new ArrayList<>();
        for (PlacementFilter filter : filters) {
            if (!filter.accepts(host, demand)) {
                against.add(filter.explain(host, demand));
            }
        }
        if (!against.isEmpty()) {
            return new RankedHost(host, false, 0, against);
        }
        return new RankedHost(host, true, score.of(host, demand), List.of(composition(host, demand)));
    }

    private boolean accepts(HostCapacity host, Demand demand) {
        for (PlacementFilter filter : filters) {
            if (!filter.accepts(host, demand)) {
                return false;
            }
        }
        return true;
    }

    private Explanation composition(HostCapacity host, Demand demand) {
        return new Explanation(
                PlacementReason.SPREAD.name(),
                String.format(
                        Locale.ROOT,
                        "With this VM, %.0f %% of the memory and %.0f %% of the vCPUs of %s stay free%s.",
                        100 * score.freeMemoryShare(host, demand),
                        100 * score.freeVcpuShare(host, demand),
                        host.name(),
                        host.accelerated() ? "" : "; guests there are emulated, which halves the score"));
    }

    /**
     * @param score 0 to 100; 0 when rejected
     * @param reasons why not, one per rule that turned it down, or what the score is made of; never empty
     */
    public record RankedHost(HostCapacity host, boolean accepted, double score, List<Explanation> reasons) {
        public RankedHost {
            reasons = List.copyOf(reasons);
        }
    }
}

package dev.meseta.manager.scheduling;

/** The guest's memory and the overhead of running it must fit into what may still be promised. */
public final class MemoryFilter implements PlacementFilter {

    private static final long MIB = 1L << 20;

    private final Allowance allowance;

    public MemoryFilter(Allowance allowance) {
        this.allowance = allowance;
    }

    @Override
    public boolean accepts(HostCapacity host, Demand demand) {
        return allowance.withOverhead(demand.memoryBytes()) <= free(host);
    }

    @Override
    public Explanation explain(HostCapacity host, Demand demand) {
        if (host.memoryBytes() == 0) {
            return new Explanation(
                    PlacementReason.HOST_NOT_DESCRIBED.name(),
                    "The agent of %s has not said how much memory it has.".formatted(host.name()));
        }
        return new Explanation(
                PlacementReason.NOT_ENOUGH_MEMORY.name(),
                "The VM needs %d MiB (%d MiB and %d MiB of overhead); %s can promise %d MiB more of its %d MiB."
                        .formatted(
                                mebibytesUp(allowance.withOverhead(demand.memoryBytes())),
                                mebibytesUp(demand.memoryBytes()),
                                mebibytesUp(allowance.withOverhead(demand.memoryBytes()) - demand.memoryBytes()),
                                host.name(),
                                Math.max(0, free(host)) / MIB,
                                allowance.memoryBytes(host) / MIB));
    }

    private long free(HostCapacity host) {
        return allowance.memoryBytes(host) - host.reservedMemoryBytes();
    }

    private static long mebibytesUp(long bytes) {
        return (bytes + MIB - 1) / MIB;
    }
}

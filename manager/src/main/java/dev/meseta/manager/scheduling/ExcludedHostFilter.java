package dev.meseta.manager.scheduling;

/** The host a migration starts from is no target for it. */
public final class ExcludedHostFilter implements PlacementFilter {

    @Override
    public boolean accepts(HostCapacity host, Demand demand) {
        return !host.id().equals(demand.excludedHostId());
    }

    @Override
    public Explanation explain(HostCapacity host, Demand demand) {
        return new Explanation(PlacementReason.SAME_HOST.name(), "The VM is on %s already.".formatted(host.name()));
    }
}

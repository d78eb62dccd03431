package dev.meseta.manager.scheduling;

/** The host must be UP and not wanted in maintenance. */
public final class HostStatusFilter implements PlacementFilter {

    @Override
    public boolean accepts(HostCapacity host, Demand demand) {
        return host.up() && !host.maintenance();
    }

    @Override
    public Explanation explain(HostCapacity host, Demand demand) {
        return host.maintenance()
                ? new Explanation(
                        PlacementReason.HOST_IN_MAINTENANCE.name(),
                        "The host %s is in maintenance.".formatted(host.name()))
                : new Explanation(
                        PlacementReason.HOST_NOT_UP.name(),
                        "The host %s is %s, not UP.".formatted(host.name(), host.statusName()));
    }
}

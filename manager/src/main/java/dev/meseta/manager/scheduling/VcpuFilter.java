package dev.meseta.manager.scheduling;

/** The vCPUs must fit into what may still be promised. */
public final class VcpuFilter implements PlacementFilter {

    private final Allowance allowance;

    public VcpuFilter(Allowance allowance) {
        this.allowance = allowance;
    }

    @Override
    public boolean accepts(HostCapacity host, Demand demand) {
        return demand.vcpus() <= free(host);
    }

    @Override
    public Explanation explain(HostCapacity host, Demand demand) {
        if (host.cpus() == 0) {
            return new Explanation(
                    PlacementReason.HOST_NOT_DESCRIBED.name(),
                    "The agent of %s has not said how many processors it has.".formatted(host.name()));
        }
        return new Explanation(
                PlacementReason.NOT_ENOUGH_VCPUS.name(),
                "The VM needs %d vCPUs; %s can promise %d more of its %d (%d processors)."
                        .formatted(
                                demand.vcpus(),
                                host.name(),
                                Math.max(0, free(host)),
                                allowance.vcpus(host),
                                host.cpus()));
    }

    private int free(HostCapacity host) {
        return allowance.vcpus(host) - host.reservedVcpus();
    }
}

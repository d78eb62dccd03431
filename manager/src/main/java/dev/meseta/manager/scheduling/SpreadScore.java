package dev.meseta.manager.scheduling;

/**
 * Prefers the host that would have the most left: 70 parts for the share of memory that may still be promised after this
 * VM, 30 for that of the vCPUs; a host without hardware acceleration gets half.
 */
public final class SpreadScore {

    private static final double MEMORY_WEIGHT = 70;
    private static final double VCPU_WEIGHT = 30;
    private static final double EMULATION_FACTOR = 0.5;

    private final Allowance allowance;

    public SpreadScore(Allowance allowance) {
        this.allowance = allowance;
    }

    /** 0 to 100; only for hosts that every filter accepts. */
    public double of(HostCapacity host, Demand demand) {
        double score = MEMORY_WEIGHT * freeMemoryShare(host, demand) + VCPU_WEIGHT * freeVcpuShare(host, demand);
        return host.accelerated() ? score : score * EMULATION_FACTOR;
    }

    public double freeMemoryShare(HostCapacity host, Demand demand) {
        double after = (double) host.reservedMemoryBytes() + allowance.withOverhead(demand.memoryBytes());
        return share(after, (double) allowance.memoryBytes(host));
    }

    public double freeVcpuShare(HostCapacity host, Demand demand) {
        return share((double) host.reservedVcpus() + demand.vcpus(), allowance.vcpus(host));
    }

    private static double share(double used, double all) {
        return all <= 0 ? 0 : Math.clamp(1 - used / all, 0.0, 1.0);
    }
}

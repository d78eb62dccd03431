package dev.meseta.manager.scheduling;

/**
 * How much of a host may be promised.
 *
 * @param memoryShare of physical memory that may be promised; above 1 is overcommitment
 * @param hostMemoryBytes kept back for the host itself
 * @param vmOverheadBytes what running a VM takes beside the guest's memory
 * @param vmOverheadShare the same as a share of the guest's memory (page tables, video, device buffers), added to it
 * @param vcpusPerCpu vCPUs that may be promised per processor of the host
 */
public record Allowance(
        double memoryShare, long hostMemoryBytes, long vmOverheadBytes, double vmOverheadShare, double vcpusPerCpu) {

    private static final long MIB = 1L << 20;

    /** No memory overcommitment, eight vCPUs per processor. */
    public static final Allowance DEFAULT = new Allowance(1.0, 256 * MIB, 48 * MIB, 0.01, 8.0);

    public Allowance {
        if (!(memoryShare > 0)
                || !(vcpusPerCpu > 0)
                || hostMemoryBytes < 0
                || vmOverheadBytes < 0
                || !(vmOverheadShare >= 0)) {
            throw new IllegalArgumentException("Shares must be above 0, amounts not below.");
        }
    }

    /** Memory a VM takes of its host: the guest's and the overhead. */
    public long withOverhead(long guestMemoryBytes) {
        return guestMemoryBytes + vmOverheadBytes + (long) Math.ceil(guestMemoryBytes * vmOverheadShare);
    }

    /** Memory of a host that may be promised in all; never below 0. */
    public long memoryBytes(HostCapacity host) {
        return Math.max(0, (long) (host.memoryBytes() * memoryShare) - hostMemoryBytes);
    }

    /** vCPUs that may be promised in all. */
    public int vcpus(HostCapacity host) {
        return (int) (host.cpus() * vcpusPerCpu);
    }
}

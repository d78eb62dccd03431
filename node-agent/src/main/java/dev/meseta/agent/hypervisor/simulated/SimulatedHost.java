package dev.meseta.agent.hypervisor.simulated;

/**
 * A simulated host's hardware.
 *
 * @param migrationAddress how other hosts name it in a migration URI; unique in its fabric
 * @param linkBytesPerSecond how fast memory travels to another host
 */
public record SimulatedHost(
        String hostname, String migrationAddress, int cpus, long memoryBytes, long linkBytesPerSecond) {

    private static final long GIBIBYTE = 1L << 30;
    private static final long TEN_GIGABIT_LINK = 1_250_000_000L;

    public SimulatedHost {
        if (cpus < 1 || memoryBytes < 1 || linkBytesPerSecond < 1) {
            throw new IllegalArgumentException("a host needs processors, memory and a link");
        }
    }

    /** 32 processors, 256 GiB and a 10 Gbit/s link. */
    public static SimulatedHost ofDefaultSize(String hostname, String migrationAddress) {
        return new SimulatedHost(hostname, migrationAddress, 32, 256 * GIBIBYTE, TEN_GIGABIT_LINK);
    }
}

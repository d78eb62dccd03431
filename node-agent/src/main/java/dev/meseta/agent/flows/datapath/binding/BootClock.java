package dev.meseta.agent.flows.datapath.binding;

/** The clock that programs in the kernel read with {@code bpf_ktime_get_boot_ns}. */
public final class BootClock {

    private static final int CLOCK_BOOTTIME = 7;

    private BootClock() {}

    /** Nanoseconds since the start of the system, sleep included. */
    public static long nanoseconds() {
        return SystemCalls.clock(CLOCK_BOOTTIME);
    }
}

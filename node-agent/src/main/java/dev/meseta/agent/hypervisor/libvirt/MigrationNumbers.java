package dev.meseta.agent.hypervisor.libvirt;

import dev.meseta.agent.hypervisor.MigrationOutcome;
import dev.meseta.agent.hypervisor.MigrationStatistics;
import dev.meseta.agent.hypervisor.libvirt.binding.TypedParameters;

/** libvirt's job parameters as the interface's numbers. */
final class MigrationNumbers {

    static final long DEFAULT_MAX_DOWNTIME_MS = 300;

    private static final long MEBIBYTE = 1L << 20;
    /** The most that libvirt passes on to QEMU. */
    private static final long NO_LIMIT_MEBIBYTES_PER_SECOND = Long.MAX_VALUE >> 20;

    private MigrationNumbers() {}

    static MigrationStatistics statistics(TypedParameters job, boolean postCopy) {
        return new MigrationStatistics(
                job.number("time_elapsed"),
                job.number("memory_total"),
                job.number("memory_processed"),
                job.number("memory_remaining"),
                // libvirt counts pages.
                job.number("memory_dirty_rate") * job.number("memory_page_size"),
                job.number("memory_bps"),
                (int) job.number("memory_iteration"),
                job.number("downtime"),
                postCopy,
                (int) job.number("auto_converge_throttle"));
    }

    static MigrationOutcome outcome(TypedParameters job, boolean postCopy) {
        return new MigrationOutcome(
                job.number("time_elapsed"),
                job.number("downtime"),
                job.number("memory_processed"),
                (int) job.number("memory_iteration"),
                postCopy);
    }

    /** libvirt counts bandwidth in whole MiB/s; a limit is never rounded down to none. */
    static long mebibytesPerSecond(long bytesPerSecond) {
        return Math.ceilDiv(bytesPerSecond, MEBIBYTE);
    }

    /** For the call that has no word for "no limit". */
    static long maxSpeed(long bytesPerSecond) {
        return bytesPerSecond == 0 ? NO_LIMIT_MEBIBYTES_PER_SECOND : mebibytesPerSecond(bytesPerSecond);
    }

    static long maxDowntime(long milliseconds) {
        return milliseconds == 0 ? DEFAULT_MAX_DOWNTIME_MS : milliseconds;
    }
}

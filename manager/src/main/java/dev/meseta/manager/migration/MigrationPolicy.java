package dev.meseta.manager.migration;

/**
 * How a migration may treat guest and network.
 *
 * @param maxDowntimeMs longest pause the guest may feel; 0: the hypervisor's default
 * @param bandwidthMiBPerSecond 0: no limit
 * @param autoConverge slow a guest down that dirties memory faster than it can be copied
 * @param postCopyAllowed whether somebody may later switch to post-copy
 */
public record MigrationPolicy(
        long maxDowntimeMs, long bandwidthMiBPerSecond, boolean autoConverge, boolean postCopyAllowed) {

    public static final MigrationPolicy DEFAULT = new MigrationPolicy(0, 0, true, false);
}

package dev.meseta.agent.migration;

import dev.meseta.agent.domain.DomainSpecification;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.operations.OperationResult;

/**
 * An outgoing migration as it is ordered.
 *
 * @param target as answered by the target
 */
public record MigrationOrder(
        String migrationId,
        DomainSpecification specification,
        String targetHostId,
        OperationResult.MigrationTarget target,
        Policy policy) {

    /**
     * How to migrate.
     *
     * @param maxDowntimeMs 0: the hypervisor's default
     * @param bandwidthBytesPerSecond 0: no limit
     */
    public record Policy(
            long maxDowntimeMs, long bandwidthBytesPerSecond, boolean autoConverge, boolean postCopyAllowed) {

        public Policy {
            if (maxDowntimeMs < 0 || maxDowntimeMs > 2_000_000) {
                throw AgentException.validation("max_downtime_ms must be 0 to 2000000, but is " + maxDowntimeMs);
            }
            if (bandwidthBytesPerSecond < 0) {
                throw AgentException.validation("bandwidth_bytes_per_second must not be negative");
            }
        }
    }
}

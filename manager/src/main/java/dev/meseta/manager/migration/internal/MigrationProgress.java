package dev.meseta.manager.migration.internal;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.MigrationProgressed;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.tasks.Tasks;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** What people see of a migration while it runs, in the keys of the REST API: those of {@link MigrationNumbers}. */
@Component
class MigrationProgress {

    private static final double ALL = 100.0;
    /** Only the end is 100. */
    private static final double ALMOST_ALL = 99.0;

    private final Tasks tasks;

    MigrationProgress(Tasks tasks) {
        this.tasks = tasks;
    }

    /** About once a second. The id of a migration is that of its task. */
    @EventListener
    void on(MigrationProgressed event) {
        tasks.reportProgress(event.migrationId(), numbers(event));
    }

    static Map<String, Object> numbers(MigrationProgressed event) {
        Map<String, Object> numbers = new LinkedHashMap<>();
        numbers.put("percent", percent(event.memoryTotalBytes(), event.memoryRemainingBytes()));
        numbers.put("elapsedMs", event.elapsedMs());
        numbers.put("memoryTotalBytes", event.memoryTotalBytes());
        numbers.put("memoryTransferredBytes", event.memoryTransferredBytes());
        numbers.put("memoryRemainingBytes", event.memoryRemainingBytes());
        numbers.put("dirtyRateBytesPerSecond", event.dirtyRateBytesPerSecond());
        numbers.put("bandwidthBytesPerSecond", event.bandwidthBytesPerSecond());
        numbers.put("iteration", event.iteration());
        numbers.put("downtimeMs", event.downtimeMs());
        numbers.put("postCopy", event.postCopy());
        numbers.put("throttlePercent", event.throttlePercent());
        return numbers;
    }

    /** How much of the guest's memory needs no more copying, to one decimal. */
    static double percent(long totalBytes, long remainingBytes) {
        if (totalBytes <= 0) {
            return 0;
        }
        double share = ALL * (totalBytes - remainingBytes) / totalBytes;
        return Math.round(Math.clamp(share, 0, ALMOST_ALL) * 10) / 10.0;
    }

    static Map<String, Object> places(Host source, Host target) {
        return Map.of(
                "percent", 0,
                "sourceHostId", source.id().toString(),
                "sourceHostName", source.name(),
                "targetHostId", target.id().toString(),
                "targetHostName", target.name());
    }

    /** The measured end. */
    static Map<String, Object> end(AgentOperation.Migration result) {
        return Map.of(
                "percent", ALL,
                "memoryRemainingBytes", 0,
                "memoryTransferredBytes", result.transferredBytes(),
                "iteration", result.iterations(),
                "postCopy", result.postCopy(),
                "downtimeMs", result.downtimeMs(),
                "totalMs", result.totalMs());
    }
}

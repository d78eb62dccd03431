package dev.meseta.manager.migration.internal;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.meseta.manager.shared.web.AddedProperties;
import io.swagger.v3.oas.annotations.media.Schema;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the progress of {@code vm.migrate} says; what is not known yet is left out. Written by {@link MigrationProgress}. */
@JsonInclude(JsonInclude.Include.NON_NULL)
record MigrationNumbers(
        @Schema(description = "Of memory that needs no more copying; 100 only at the end") @Nullable Double percent,

        @Nullable Long elapsedMs,
        @Nullable Long memoryTotalBytes,
        @Nullable Long memoryTransferredBytes,
        @Nullable Long memoryRemainingBytes,
        @Nullable Long dirtyRateBytesPerSecond,
        @Nullable Long bandwidthBytesPerSecond,

        @Schema(description = "Of pre-copy, from 1") @Nullable Integer iteration,

        @Schema(description = "Expected while it runs, measured at the end") @Nullable Long downtimeMs,

        @Schema(description = "Measured at the end") @Nullable Long totalMs,

        @Nullable Boolean postCopy,

        @Schema(description = "By how much auto-converge slows the guest down") @Nullable Integer throttlePercent,

        @Nullable UUID sourceHostId,
        @Nullable String sourceHostName,
        @Nullable UUID targetHostId,
        @Nullable String targetHostName) {

    /** Tells the description of the API. */
    @Configuration(proxyBeanMethods = false)
    static class Description {
        @Bean
        AddedProperties migrationNumbers() {
            return new AddedProperties("TaskProgress", MigrationNumbers.class);
        }
    }
}

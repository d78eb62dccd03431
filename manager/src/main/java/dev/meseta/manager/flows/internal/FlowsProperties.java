package dev.meseta.manager.flows.internal;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.util.unit.DataSize;

/**
 * How long flows are kept.
 *
 * @param keepMinutes sums of a minute; what comes in later than that is only counted
 * @param keepHours sums of an hour
 * @param keepDays sums of a day
 * @param keepBytes what all of them may take up with their indexes; beyond it the oldest go earlier
 */
@ConfigurationProperties("meseta.flows")
record FlowsProperties(
        @DefaultValue("2d") Duration keepMinutes,
        @DefaultValue("30d") Duration keepHours,
        @DefaultValue("400d") Duration keepDays,
        @DefaultValue("20GB") DataSize keepBytes) {

    Duration keep(Grain grain) {
        return switch (grain) {
            case MINUTE -> keepMinutes;
            case HOUR -> keepHours;
            case DAY -> keepDays;
        };
    }
}

package dev.meseta.manager.flows.internal;

import dev.meseta.manager.flows.Flows.Resolution;
import java.time.Duration;
import java.time.Instant;

/** Length of the buckets of a table, and of its partitions. */
enum Grain {
    MINUTE("flow_minute", Duration.ofMinutes(1), Duration.ofHours(1)),
    HOUR("flow_hour", Duration.ofHours(1), Duration.ofDays(1)),
    DAY("flow_day", Duration.ofDays(1), Duration.ofDays(30));

    private final String table;
    private final long bucketSeconds;
    private final long partitionSeconds;

    Grain(String table, Duration bucket, Duration partition) {
        this.table = table;
        this.bucketSeconds = bucket.toSeconds();
        this.partitionSeconds = partition.toSeconds();
    }

    String table() {
        return table;
    }

    /** Beginning of the bucket that a moment is in, in seconds since the epoch. */
    long bucket(long epochSecond) {
        return Math.floorDiv(epochSecond, bucketSeconds) * bucketSeconds;
    }

    Instant floor(Instant moment) {
        return Instant.ofEpochSecond(bucket(moment.getEpochSecond()));
    }

    Instant ceiling(Instant moment) {
        Instant floor = floor(moment);
        return floor.equals(moment) ? moment : floor.plusSeconds(bucketSeconds);
    }

    /** Beginning of the partition that a moment is in, in seconds since the epoch. */
    long partition(long epochSecond) {
        return Math.floorDiv(epochSecond, partitionSeconds) * partitionSeconds;
    }

    long partitionSeconds() {
        return partitionSeconds;
    }

    Resolution resolution() {
        return Resolution.valueOf(name());
    }
}

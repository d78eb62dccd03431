package dev.meseta.manager.flows.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A range of whole buckets, and the table that tells of it: the finest that keeps all of it and answers in a few hundred. */
record FlowRange(Grain grain, Instant from, Instant to) {

    private static final Duration MINUTE = Duration.ofMinutes(1);
    private static final Duration DEFAULT_LENGTH = Duration.ofHours(1);
    private static final Duration BY_MINUTE = Duration.ofHours(6);
    private static final Duration BY_HOUR = Duration.ofDays(14);
    private static final Instant EARLIEST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Instant LATEST = Instant.parse("3000-01-01T00:00:00Z");

    /** @throws MesetaException MALFORMED_REQUEST */
    static FlowRange of(@Nullable Instant from, @Nullable Instant to, Instant now, FlowsProperties settings) {
        if (from != null) {
            checkMoment("from", from);
        }
        if (to != null) {
            checkMoment("to", to);
        }
        // With the minute that has just begun.
        Instant until = to == null ? Grain.MINUTE.floor(now).plus(MINUTE) : to;
        Instant since = from == null ? until.minus(DEFAULT_LENGTH) : from;
        if (!since.isBefore(until)) {
            throw malformed("from", "The range begins at %s and ends before that, at %s.".formatted(since, until));
        }
        Duration length = Duration.between(since, until);
        Grain grain = Grain.DAY;
        if (length.compareTo(BY_MINUTE) <= 0 && !since.isBefore(now.minus(settings.keepMinutes()))) {
            grain = Grain.MINUTE;
        } else if (length.compareTo(BY_HOUR) <= 0 && !since.isBefore(now.minus(settings.keepHours()))) {
            grain = Grain.HOUR;
        }
        return new FlowRange(grain, grain.floor(since), grain.ceiling(until));
    }

    /** @throws MesetaException MALFORMED_REQUEST for what is no moment of anybody's traffic */
    static void checkMoment(String parameter, Instant moment) {
        if (moment.isBefore(EARLIEST) || moment.isAfter(LATEST)) {
            throw malformed(parameter, "%s must be within %s and %s.".formatted(parameter, EARLIEST, LATEST));
        }
    }

    static MesetaException malformed(String parameter, String message) {
        return new MesetaException(
                ErrorCode.MALFORMED_REQUEST, message, List.of(new FieldError(parameter, message)), null);
    }
}

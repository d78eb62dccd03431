package dev.meseta.manager.web.limits;

import dev.meseta.manager.shared.Topic;
import io.github.bucket4j.Bucket;
import io.github.bucket4j.ConsumptionProbe;
import io.github.bucket4j.TimeMeter;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * A bucket of tokens for each caller. Managers tell each other what was taken, a tenth of a bucket at a time, and take it
 * out of theirs: a caller that goes round several managers gets no more than one that stays, save that tenth. What was
 * taken elsewhere faster than it could be told is a debt. Managers that do not hear each other allow as much each.
 */
final class Buckets {

    private static final int MAX_CALLERS = 10_000;
    private static final long SHARES_TOLD = 10;

    private final LimitsProperties limits;
    private final Topic<Taken> taken;
    private final TimeMeter time;

    /** Those not heard of for longest first; whoever is dropped begins with a full bucket again. */
    private final Map<Caller, Account> accounts = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Caller, Account> eldest) {
            return size() > MAX_CALLERS;
        }
    };

    /** @param nanos of a clock that only goes forward */
    Buckets(LimitsProperties limits, Topic<Taken> taken, LongSupplier nanos) {
        this.limits = limits;
        this.taken = taken;
        this.time = new TimeMeter() {
            @Override
            public long currentTimeNanos() {
                return nanos.getAsLong();
            }

            @Override
            public boolean isWallClockBased() {
                return false;
            }
        };
        taken.whenTold(this::hear);
    }

    /** What managers tell each other: so many tokens more were taken here. */
    record Taken(Caller caller, long tokens) {}

    private static final class Account {
        private final Bucket bucket;
        private final long size;
        private long untold;

        private Account(Bucket bucket, long size) {
            this.bucket = bucket;
            this.size = size;
        }
    }

    /** Takes so many tokens. Empty: they were there; else the nanoseconds after which they will be. */
    OptionalLong take(Caller caller, long tokens) {
        long toTell = 0;
        synchronized (accounts) {
            Account account = account(caller);
            long cost = Math.min(tokens, account.size);
            ConsumptionProbe probe = account.bucket.tryConsumeAndReturnRemaining(cost);
            if (!probe.isConsumed()) {
                return OptionalLong.of(probe.getNanosToWaitForRefill());
            }
            account.untold += cost;
            if (account.untold * SHARES_TOLD >= account.size) {
                toTell = account.untold;
                account.untold = 0;
            }
        }
        if (toTell > 0) {
            taken.tellOthers(new Taken(caller, toTell));
        }
        return OptionalLong.empty();
    }

    private void hear(Taken elsewhere) {
        synchronized (accounts) {
            Account account = account(elsewhere.caller());
            // A debt of one bucket at most: nobody waits longer than it takes to fill two.
            long bearable = account.bucket.getAvailableTokens() + account.size;
            long tokens = Math.min(elsewhere.tokens(), bearable);
            if (tokens > 0) {
                account.bucket.consumeIgnoringRateLimits(tokens);
            }
        }
    }

    private Account account(Caller caller) {
        return accounts.computeIfAbsent(caller, this::full);
    }

    private Account full(Caller caller) {
        boolean anybody = caller.kind() == Caller.Kind.ADDRESS;
        long size = anybody ? limits.addressRequestsAtOnce() : limits.requestsAtOnce();
        long perSecond = anybody ? limits.addressRequestsPerSecond() : limits.requestsPerSecond();
        Bucket bucket = Bucket.builder()
                .addLimit(limit -> limit.capacity(size).refillGreedy(perSecond, Duration.ofSeconds(1)))
                .withCustomTimePrecision(time)
                .build();
        return new Account(bucket, size);
    }
}

package dev.meseta.manager.identity.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Topic;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Slows down who guesses. Three counts: of an address with a user, of an address over all users, and of a user over all
 * addresses; the last does not count where the user has signed in from before, so that nobody can lock out others. An attempt
 * counts before it is looked at and is taken back when it succeeds: many at once get no further than one after the other.
 *
 * <p>In memory, told to managers that hear each other: a restart forgives, and managers that do not hear each other allow as
 * many each.
 */
final class SignInThrottle {

    static final int FREE_OF_USER_AT_ADDRESS = 5;
    static final int FREE_OF_ADDRESS = 20;
    static final int FREE_OF_USER = 100;
    /** A wrong second factor means that somebody has the password. */
    static final int WEIGHT_OF_SECOND = 10;

    static final Duration FIRST_WAIT = Duration.ofSeconds(15);
    static final Duration LONGEST_WAIT = Duration.ofMinutes(15);
    static final Duration MEMORY = Duration.ofHours(1);
    private static final int MOST_COUNTS = 30_000;
    private static final int MAX_NAME = 200;

    private final InstantSource clock;
    private final Topic<Told> topic;
    private final Map<String, Count> counts = new HashMap<>();

    SignInThrottle(InstantSource clock, Topic<Told> topic) {
        this.clock = clock;
        this.topic = topic;
        topic.whenTold(this::hear);
    }

    /** What managers tell each other: so much more or less in a count; 0: forget it. */
    record Told(String key, int free, int change) {}

    private record Count(int failures, Instant last, Instant closedUntil) {}

    /** @param isForgotten on success, instead of taking the attempt back */
    private record Part(String key, int free, int weight, boolean isForgotten) {}

    /** An attempt that has begun. Counts as failed until somebody says otherwise. */
    final class Attempt {

        private final List<Part> parts;

        private Attempt(List<Part> parts) {
            this.parts = parts;
        }

        /** It was right: forgotten for this user at this address, and taken back elsewhere. */
        void succeeded() {
            for (Part part : parts) {
                change(part.key(), part.free(), part.isForgotten() ? 0 : -part.weight());
            }
        }
    }

    /**
     * @param known whether the user has signed in from there before
     * @param second whether it is about a second factor
     * @throws MesetaException TOO_MANY_REQUESTS
     */
    synchronized Attempt begin(String username, String address, boolean known, boolean second) {
        String who =
                username.substring(0, Math.min(username.length(), MAX_NAME)).toLowerCase(Locale.ROOT);
        String where = network(address);
        List<Part> parts = new ArrayList<>();
        parts.add(new Part("both " + where + " " + who, FREE_OF_USER_AT_ADDRESS, 1, true));
        parts.add(new Part("address " + where, FREE_OF_ADDRESS, 1, false));
        if (!known) {
            parts.add(new Part("user " + who, FREE_OF_USER, second ? WEIGHT_OF_SECOND : 1, false));
        }
        return begin(parts);
    }

    /** When it is not known yet whom it is about. */
    synchronized Attempt begin(String address) {
        return begin(List.of(new Part("address " + network(address), FREE_OF_ADDRESS, 1, false)));
    }

    private Attempt begin(List<Part> parts) {
        Instant now = clock.instant();
        for (Part part : parts) {
            Count count = current(part.key(), now);
            if (count != null && now.isBefore(count.closedUntil())) {
                throw new MesetaException(
                        ErrorCode.TOO_MANY_REQUESTS,
                        "There were too many failed sign-ins; try again in %d seconds."
                                .formatted(Duration.between(now, count.closedUntil())
                                                .toSeconds()
                                        + 1));
            }
        }
        for (Part part : parts) {
            change(part.key(), part.free(), part.weight());
        }
        return new Attempt(parts);
    }

    private void change(String key, int free, int by) {
        apply(key, free, by);
        topic.tellOthers(new Told(key, free, by));
    }

    private void hear(Told told) {
        apply(told.key(), told.free(), told.change());
    }

    private synchronized void apply(String key, int free, int by) {
        Instant now = clock.instant();
        Count old = current(key, now);
        int failures = by == 0 ? 0 : Math.max(0, (old == null ? 0 : old.failures()) + by);
        if (failures == 0) {
            counts.remove(key);
            return;
        }
        if (old == null && counts.size() >= MOST_COUNTS) {
            makeRoom(now);
        }
        counts.put(key, new Count(failures, now, now.plus(wait(failures - free))));
    }

    /** @param beyond failures more than are free; 0 is the first that closes */
    private static Duration wait(int beyond) {
        if (beyond < 0) {
            return Duration.ZERO;
        }
        Duration wanted = FIRST_WAIT.multipliedBy(1L << Math.min(beyond, 10));
        return wanted.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wanted;
    }

    private @Nullable Count current(String key, Instant now) {
        Count count = counts.get(key);
        // A clock that went back locks nobody out.
        if (count != null
                && (now.isBefore(count.last()) || !now.isBefore(count.last().plus(MEMORY)))) {
            counts.remove(key);
            return null;
        }
        return count;
    }

    /** Those who wait are remembered longest. */
    private void makeRoom(Instant now) {
        counts.values().removeIf(count -> !now.isBefore(count.closedUntil()));
        if (counts.size() >= MOST_COUNTS) {
            counts.clear();
        }
    }

    /** Whoever has one address of IPv6 has 2^64 of them. */
    static String network(String address) {
        String plain = address.indexOf('%') >= 0 ? address.substring(0, address.indexOf('%')) : address;
        if (plain.indexOf(':') < 0) {
            return plain;
        }
        try {
            byte[] bytes = InetAddress.ofLiteral(plain).getAddress();
            return bytes.length == 4
                    ? InetAddress.ofLiteral(plain).getHostAddress()
                    : HexFormat.of().formatHex(bytes, 0, 8) + "::/64";
        } catch (IllegalArgumentException e) {
            return plain;
        }
    }
}

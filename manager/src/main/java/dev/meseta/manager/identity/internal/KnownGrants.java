package dev.meseta.manager.identity.internal;

import dev.meseta.manager.identity.AccessGrant;
import dev.meseta.manager.identity.AccessRules;
import dev.meseta.manager.identity.AuthenticatedUser;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.internal.Accounts.Account;
import dev.meseta.manager.shared.Topic;
import dev.meseta.manager.shared.Topics;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * What is remembered of people's grants. Every look-up of a credential brings the present epoch along, so that a request
 * never works with older grants than there were when it came; whoever watches for longer hears of changes from other
 * managers, and looks again after {@link #LIFE} at the latest.
 */
@Component
class KnownGrants {

    static final Duration LIFE = Duration.ofSeconds(10);
    private static final int MAX_USERS = 10_000;

    private final GrantRows rows;
    private final Topic<Changed> topic;
    private final Map<UUID, Known> byUser = new ConcurrentHashMap<>();
    private final AtomicLong generation = new AtomicLong();

    KnownGrants(GrantRows rows, Topics topics) {
        this.rows = rows;
        topic = topics.topic("access.changed", Changed.class);
        topic.whenTold(changed -> forget());
    }

    /** What managers tell each other when somebody may do more or less than before. */
    record Changed(long epoch) {}

    private record Known(long epoch, long nanos, List<AccessGrant> grants) {
        boolean isOld() {
            return System.nanoTime() - nanos > LIFE.toNanos();
        }
    }

    /** @param epoch as it was when the user's credential was looked at */
    List<AccessGrant> of(UUID userId, long epoch) {
        Known known = byUser.get(userId);
        if (known == null || known.epoch() < epoch) {
            return look(userId);
        }
        if (known.isOld()) {
            // As good as new: nothing has changed since.
            boolean unused = byUser.replace(userId, known, new Known(known.epoch(), System.nanoTime(), known.grants()));
        }
        return known.grants();
    }

    List<AccessGrant> of(UUID userId) {
        Known known = byUser.get(userId);
        return known != null && !known.isOld() ? known.grants() : look(userId);
    }

    /** What is remembered of a user, when it is from before an epoch. */
    void forgetOlder(UUID userId, long epoch) {
        Known unused = byUser.computeIfPresent(userId, (id, known) -> known.epoch() < epoch ? null : known);
    }

    private List<AccessGrant> look(UUID userId) {
        // The epoch first: what is read afterwards is as new or newer.
        long epoch = rows.epoch();
        List<AccessGrant> grants = rows.of(userId);
        // What an open transaction has changed may never be.
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            if (byUser.size() >= MAX_USERS) {
                byUser.clear();
            }
            byUser.put(userId, new Known(epoch, System.nanoTime(), grants));
        }
        return grants;
    }

    /** Somebody who has proved who they are, with what they may do somewhere. */
    AuthenticatedUser user(UUID id, String name, long epoch) {
        return new AuthenticatedUser(id, name, somewhere(of(id, epoch)));
    }

    AuthenticatedUser user(Account account) {
        return new AuthenticatedUser(account.id(), account.name(), somewhere(of(account.id())));
    }

    /** What a user may do somewhere. */
    static Set<Permission> somewhere(List<AccessGrant> grants) {
        EnumSet<Permission> held = EnumSet.noneOf(Permission.class);
        for (Permission permission : Permission.values()) {
            if (AccessRules.mayBeAllowedSomewhere(grants, permission)) {
                held.add(permission);
            }
        }
        return held;
    }

    /** Something has changed, and is committed. */
    void changed() {
        forget();
        topic.tellOthers(new Changed(generation.get()));
    }

    private void forget() {
        byUser.clear();
        generation.incrementAndGet();
    }

    long generation() {
        return generation.get();
    }
}

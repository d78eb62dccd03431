package dev.meseta.manager.membership.internal;

import dev.meseta.manager.membership.Life;
import dev.meseta.manager.membership.ManagerFenced;
import dev.meseta.manager.membership.Member;
import dev.meseta.manager.membership.MembersChanged;
import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.membership.WhenFenced;
import dev.meseta.manager.membership.internal.MemberTable.Joined;
import dev.meseta.manager.membership.internal.MemberTable.View;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.ManagerIdentity;
import dev.meseta.manager.shared.MesetaException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * This manager's lease. By its own monotonic clock it ends no later than by the database's, because it counts from before
 * the renewal was sent; so a manager that wakes from a long pause knows at once, without asking, that it may be dead.
 */
final class LeasedMembership implements Membership, SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(LeasedMembership.class);

    /** Before anything that works for others; it ends last. */
    private static final int PHASE = SmartLifecycle.DEFAULT_PHASE - 20_000;

    private static final View NOBODY = new View(List.of(), List.of(), List.of());

    private final MemberTable table;
    private final ManagerIdentity identity;
    private final String address;
    private final MembershipProperties properties;
    private final Consumer<Object> events;
    private final WhenFenced whenFenced;
    private final LongSupplier nanoTime;

    private volatile @Nullable Life life;
    private volatile long term;
    private volatile long leaseEnds;
    private volatile boolean fenced;
    private volatile View view = NOBODY;
    private volatile @Nullable ScheduledExecutorService renewals;
    // Since when this manager has renewed without a gap; others had a chance to do so too before they are judged.
    private long renewedSince;

    /** @param nanoTime monotonic; goes on while the process is stopped */
    LeasedMembership(
            MemberTable table,
            ManagerIdentity identity,
            String address,
            MembershipProperties properties,
            Consumer<Object> events,
            WhenFenced whenFenced,
            LongSupplier nanoTime) {
        this.table = table;
        this.identity = identity;
        this.address = address;
        this.properties = properties;
        this.events = events;
        this.whenFenced = whenFenced;
        this.nanoTime = nanoTime;
    }

    @Override
    public Life self() {
        Life known = life;
        if (known == null) {
            throw new IllegalStateException("This manager has not joined yet.");
        }
        return known;
    }

    @Override
    public boolean isMember() {
        return life != null && !fenced && nanoTime.getAsLong() - leaseEnds < 0;
    }

    @Override
    public void requireMember() {
        if (!isMember()) {
            throw new MesetaException(
                    ErrorCode.FENCED,
                    "The lease of manager %s has run out; it commands no hosts until it is renewed."
                            .formatted(identity.id()));
        }
    }

    @Override
    public long term() {
        return term;
    }

    @Override
    public List<Member> living() {
        return view.living();
    }

    @Override
    public Set<Life> fenced() {
        return Set.copyOf(view.fenced());
    }

    @Override
    public Set<Life> buried() {
        return Set.copyOf(view.buried());
    }

    @Override
    public void refresh() {
        long known = term;
        synchronized (this) {
            if (life != null && term == known) {
                renew();
            }
        }
    }

    /** Renews the lease, and looks at the others. */
    synchronized void renew() {
        if (fenced) {
            return;
        }
        Life self = self();
        long before = nanoTime.getAsLong();
        if (before - leaseEnds >= 0) {
            renewedSince = before;
        }
        if (!renewed(self)) {
            return;
        }
        leaseEnds = before + properties.lease().toNanos();
        if (before - renewedSince >= properties.lease().toNanos()) {
            List<Life> dead = table.fenceExpired(self);
            dead.forEach(other ->
                    LOG.warn("Manager {} has not renewed its lease: its hosts and tasks are taken over", other.name()));
            if (!dead.isEmpty() && !renewed(self)) {
                return;
            }
            dead.forEach(other -> events.accept(new ManagerFenced(other)));
        }
        look();
    }

    /** Renews until the database knows that this manager uses the present term. False: fenced. */
    private boolean renewed(Life self) {
        while (true) {
            Optional<Long> present = table.renew(self, term, properties.lease());
            if (present.isEmpty()) {
                fenced = true;
                LOG.error(
                        "Life {} of this manager was ended by others: its lease was not renewed in time", self.name());
                whenFenced.end(self);
                return false;
            }
            if (present.get() == term) {
                return true;
            }
            term = present.get();
        }
    }

    private void look() {
        View now = table.view();
        View known = view;
        view = now;
        if (!now.equals(known)) {
            LOG.info(
                    "Managers alive: {}; term {}",
                    now.living().stream().map(member -> member.life().name()).toList(),
                    term);
            events.accept(new MembersChanged());
        }
    }

    private void guardedRenewal() {
        try {
            renew();
        } catch (RuntimeException e) {
            LOG.warn("This manager's lease could not be renewed: {}", e.toString());
        }
    }

    @Override
    public synchronized void start() {
        long before = nanoTime.getAsLong();
        Joined joined = table.join(identity.id(), address, properties.lease());
        table.forgetLongDead();
        term = joined.term();
        leaseEnds = before + properties.lease().toNanos();
        renewedSince = before;
        fenced = false;
        life = joined.life();
        look();
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("membership").factory());
        long interval = properties.renewal().toMillis();
        // Not at a fixed rate: after a pause one renewal says all.
        var unused = started.scheduleWithFixedDelay(this::guardedRenewal, interval, interval, TimeUnit.MILLISECONDS);
        renewals = started;
    }

    @Override
    public synchronized void stop() {
        ScheduledExecutorService running = renewals;
        renewals = null;
        if (running != null) {
            running.shutdownNow();
        }
        Life self = life;
        if (self != null && !fenced) {
            fenced = true;
            try {
                table.leave(self);
            } catch (RuntimeException e) {
                LOG.warn("The others could not be told that this manager stops; they will notice: {}", e.toString());
            }
        }
    }

    @Override
    public boolean isRunning() {
        return renewals != null;
    }

    @Override
    public int getPhase() {
        return PHASE;
    }
}

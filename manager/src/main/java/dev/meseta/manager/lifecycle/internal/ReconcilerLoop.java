package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.inventory.VmObserved;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.membership.Membership;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Runs the reconciler: soon after a VM was seen to go down, and over all VMs every now and then. */
@Component
class ReconcilerLoop implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(ReconcilerLoop.class);

    /** Lets the transaction that stored the observation commit, and what belongs to it arrive. */
    private static final long SETTLING_MS = 200;

    private final VmReconciler reconciler;
    private final LifecycleProperties properties;
    private final Membership membership;
    private @Nullable ScheduledExecutorService loop;
    private @Nullable Future<?> scans;

    ReconcilerLoop(VmReconciler reconciler, LifecycleProperties properties, Membership membership) {
        this.reconciler = reconciler;
        this.properties = properties;
        this.membership = membership;
    }

    /** Called on the thread that reads a host's watch: only notes the VM. */
    @EventListener
    void on(VmObserved event) {
        ScheduledExecutorService running = current();
        if (event.now() != VmStatus.DOWN || running == null) {
            return;
        }
        CompletableFuture.delayedExecutor(SETTLING_MS, TimeUnit.MILLISECONDS, running)
                .execute(() -> guarded(() -> reconciler.consider(event.vmId())));
    }

    @Override
    public synchronized void start() {
        ScheduledExecutorService started = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("vm-reconciler").factory());
        long interval = properties.reconcileInterval().toMillis();
        scans = started.scheduleWithFixedDelay(() -> guarded(this::scan), interval, interval, TimeUnit.MILLISECONDS);
        loop = started;
    }

    @Override
    public synchronized void stop() {
        if (loop != null) {
            if (scans != null) {
                scans.cancel(false);
            }
            loop.shutdownNow();
            loop = null;
            scans = null;
        }
    }

    @Override
    public synchronized boolean isRunning() {
        return loop != null;
    }

    private synchronized @Nullable ScheduledExecutorService current() {
        return loop;
    }

    /** One manager is enough; two at once are harmless, because a VM has only one unfinished task. */
    private void scan() {
        if (membership.isEldest()) {
            reconciler.scan();
        }
    }

    /** One bad look must not end the loop. */
    private static void guarded(Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.error("The reconciler failed; it looks again later", e);
        }
    }
}

package dev.meseta.manager.shared;

import java.util.Optional;

/**
 * Who asks, and under which correlation id; travels from the REST layer into tasks, agent calls, events and audit.
 *
 * @param principal user name
 */
public record RequestContext(String principal, String correlationId) {

    private static final ScopedValue<RequestContext> CURRENT = ScopedValue.newInstance();

    /** For work that the manager begins by itself. */
    public static RequestContext system(String correlationId) {
        return new RequestContext("system", correlationId);
    }

    /** On whose behalf this thread works now; empty outside of requests and tasks. */
    public static Optional<RequestContext> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** As {@link #current()}, for code that only runs inside a request or a task. */
    public static RequestContext require() {
        return current().orElseThrow(() -> new IllegalStateException("no request context on this thread"));
    }

    /** Does some work on behalf of this context. */
    public <T, X extends Throwable> T call(ScopedValue.CallableOp<? extends T, X> work) throws X {
        return ScopedValue.where(CURRENT, this).call(work);
    }

    /** As {@link #call}, for work without a result. */
    public void run(Runnable work) {
        ScopedValue.where(CURRENT, this).run(work);
    }
}

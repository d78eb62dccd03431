package dev.meseta.agent.tracing;

import java.util.Optional;

/** Where the trace of the call goes on that the current thread answers. */
public final class CallerTrace {

    /** Of the call's metadata, as W3C Trace Context names it. */
    public static final String HEADER = "traceparent";

    private static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private CallerTrace() {}

    /** The header that the caller sent; empty when the caller does not trace. */
    public static Optional<String> current() {
        return CURRENT.isBound() ? Optional.of(CURRENT.get()) : Optional.empty();
    }

    /** Answers a call. */
    public static void run(String header, Runnable work) {
        ScopedValue.where(CURRENT, header).run(work);
    }
}

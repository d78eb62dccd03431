package dev.meseta.agent.operations;

/** The request that the current thread works for; every log line carries it. */
public final class Correlation {

    private static final ScopedValue<String> CURRENT = ScopedValue.newInstance();

    private Correlation() {}

    /** The correlation id, or "-" outside of any request. */
    public static String current() {
        return CURRENT.orElse("-");
    }

    /** Runs work for a request. */
    public static void run(String correlationId, Runnable work) {
        ScopedValue.where(CURRENT, printable(correlationId)).run(work);
    }

    // It comes from outside and goes into log lines: no line breaks, no controls, no end.
    private static String printable(String text) {
        StringBuilder kept = new StringBuilder();
        text.chars().limit(100).filter(c -> c > ' ' && c < 127).forEach(c -> kept.append((char) c));
        return kept.isEmpty() ? "-" : kept.toString();
    }
}

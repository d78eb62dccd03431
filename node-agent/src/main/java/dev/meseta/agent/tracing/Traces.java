package dev.meseta.agent.tracing;

import java.util.Map;
import java.util.Optional;

/** Where spans begin. */
public interface Traces extends AutoCloseable {

    /** Nobody collects any. */
    Traces OFF = new Traces() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public Traces ofHost(String hostId) {
            return this;
        }

        @Override
        public Span begin(String name, Map<String, String> attributes) {
            return Span.NONE;
        }

        @Override
        public void close() {
            // There is nothing to send.
        }
    };

    boolean isOn();

    /** The same, with every span saying which host it is of. */
    Traces ofHost(String hostId);

    /**
     * Begins a span of the trace that the caller is in; none when it is in no trace.
     *
     * @param attributes without secrets
     */
    Span begin(String name, Map<String, String> attributes);

    /** Sends what is left, and waits a moment for that. */
    @Override
    void close();

    /** A piece of work, which may end on another thread than it began on. */
    @FunctionalInterface
    interface Span {

        /** Nothing of it is kept. */
        Span NONE = (state, error) -> {};

        /**
         * It is over.
         *
         * @param state how it ended
         * @param error stable code of what went wrong, if something did
         */
        void end(String state, Optional<String> error);
    }
}

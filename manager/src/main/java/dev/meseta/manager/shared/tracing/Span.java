package dev.meseta.manager.shared.tracing;

import java.util.Optional;

/** A piece of work in a trace, from its beginning to {@link #close}. Names and values never carry secrets. */
public interface Span extends AutoCloseable {

    /** Nothing of it is kept. */
    Span NONE = new Span() {
        @Override
        public Span name(String name) {
            return this;
        }

        @Override
        public Span with(String key, String value) {
            return this;
        }

        @Override
        public Span with(String key, long value) {
            return this;
        }

        @Override
        public Span failed(String code) {
            return this;
        }

        @Override
        public Scope enter() {
            return () -> {};
        }

        @Override
        public Optional<TraceParent> here() {
            return Optional.empty();
        }

        @Override
        public void close() {
            // Nothing began.
        }
    };

    /** Another name than it began with. */
    Span name(String name);

    Span with(String key, String value);

    Span with(String key, long value);

    /**
     * It did not do what it should.
     *
     * @param code stable, as in problems
     */
    Span failed(String code);

    /** Until the scope is closed, by the same thread, what this thread begins belongs under this span. */
    Scope enter();

    /** What somebody else continues this trace with. */
    Optional<TraceParent> here();

    @Override
    void close();

    /** While a span is the one a thread works at. */
    @FunctionalInterface
    interface Scope extends AutoCloseable {
        @Override
        void close();
    }
}

package dev.meseta.manager.shared.tracing;

/** Where spans begin. Modules say what they do; whether anybody is told, and who, is decided elsewhere. */
public interface Tracing {

    /** Nobody wants to know. */
    Tracing OFF = new Tracing() {
        @Override
        public boolean isOn() {
            return false;
        }

        @Override
        public Span begin(SpanStart start) {
            return Span.NONE;
        }
    };

    /** False: spare yourself the trouble of saying what you do. */
    boolean isOn();

    /** Begins a span. It ends when it is closed, and is not current before {@link Span#enter}. */
    Span begin(SpanStart start);
}

package dev.meseta.agent;

import dev.meseta.agent.operations.Correlation;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line per event on standard error: time, level, correlation id, where, what. */
final class AgentLog {

    /** Held, or the level would be forgotten with the logger. */
    private static final Logger GRPC = Logger.getLogger("io.grpc");

    private AgentLog() {}

    static void setUp() {
        setUp(Level.INFO);
    }

    /** @param least what is less important than that is not written */
    static void setUp(Level least) {
        Logger root = Logger.getLogger("");
        for (Handler handler : root.getHandlers()) {
            root.removeHandler(handler);
        }
        ConsoleHandler handler = new ConsoleHandler();
        handler.setFormatter(new Line());
        handler.setLevel(Level.ALL);
        root.addHandler(handler);
        root.setLevel(least);
        GRPC.setLevel(Level.SEVERE);
    }

    private static final class Line extends Formatter {

        @Override
        public String format(LogRecord event) {
            StringBuilder line = new StringBuilder()
                    .append(event.getInstant())
                    .append(' ')
                    .append(event.getLevel().getName())
                    .append(" [")
                    .append(Correlation.current())
                    .append("] ")
                    .append(simpleName(event.getLoggerName()))
                    .append(": ")
                    .append(oneLine(formatMessage(event)))
                    .append('\n');
            if (event.getThrown() != null) {
                StringWriter trace = new StringWriter();
                event.getThrown().printStackTrace(new PrintWriter(trace));
                line.append(trace);
            }
            return line.toString();
        }

        private static String simpleName(@org.jspecify.annotations.Nullable String logger) {
            return logger == null ? "-" : logger.substring(logger.lastIndexOf('.') + 1);
        }

        // What came from outside must not look like a line of ours.
        private static String oneLine(String message) {
            return message.replace('\n', ' ').replace('\r', ' ');
        }
    }
}

package dev.meseta.agent.system;

import java.time.Duration;
import java.util.List;

/** Runs other programs. Always by argument vector: no shell sees a value. */
@FunctionalInterface
public interface Commands {

    /**
     * Runs a program to its end.
     *
     * @throws dev.meseta.agent.errors.AgentException TOOL_TIMEOUT when it does not end in time (it is killed then),
     *     AGENT_ERROR when it cannot be started
     */
    Result run(List<String> arguments, Duration timeout);

    /**
     * How a program ended.
     *
     * @param output what it wrote to standard output, cut at 4 MiB
     * @param errors what it wrote to standard error, cut at 64 KiB
     */
    record Result(int exitCode, String output, String errors) {

        public boolean succeeded() {
            return exitCode == 0;
        }

        /** The first line of what it complained about, for a message. */
        public String complaint() {
            String text = errors.isBlank() ? output : errors;
            String line = text.strip().lines().findFirst().orElse("exit code " + exitCode);
            return line.length() > 300 ? line.substring(0, 300) : line;
        }
    }
}

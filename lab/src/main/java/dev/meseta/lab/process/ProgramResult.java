package dev.meseta.lab.process;

import java.util.List;

/**
 * What a program left behind.
 *
 * @param arguments the argument vector it was started with
 * @param exitCode 0 on success by convention
 * @param output everything from standard output, UTF-8
 * @param errors everything from standard error, UTF-8
 */
public record ProgramResult(List<String> arguments, int exitCode, String output, String errors) {

    public ProgramResult {
        arguments = List.copyOf(arguments);
    }

    public boolean succeeded() {
        return exitCode == 0;
    }

    /**
     * This result, if the program succeeded.
     *
     * @throws ProgramFailedException otherwise, with the end of what the program said
     */
    public ProgramResult orThrow() {
        if (!succeeded()) {
            throw new ProgramFailedException(this);
        }
        return this;
    }
}

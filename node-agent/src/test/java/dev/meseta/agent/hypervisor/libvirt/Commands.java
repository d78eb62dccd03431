package dev.meseta.agent.hypervisor.libvirt;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the host to its end. */
final class Commands {

    private static final long TIMEOUT_SECONDS = 60;

    private Commands() {}

    /** Its standard output; an error when it fails. */
    static String run(String... command) {
        Result result = attempt(command);
        if (result.exit() != 0) {
            throw new AssertionError(List.of(command) + " ended with " + result.exit() + ": " + result.output());
        }
        return result.output();
    }

    static Result attempt(String... command) {
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(List.of(command) + " does not end");
            }
            return new Result(process.exitValue(), output.strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", e);
        }
    }

    record Result(int exit, String output) {}
}

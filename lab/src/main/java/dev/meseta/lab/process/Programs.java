package dev.meseta.lab.process;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** Runs programs of this machine, always by argument vector, never through a shell. */
public final class Programs {

    private static final Duration DEFAULT_LIMIT = Duration.ofMinutes(2);

    private Programs() {}

    /**
     * Runs a program to its end.
     *
     * @throws ProgramFailedException when it ends with a code other than 0
     * @throws UncheckedIOException when it cannot be started or takes longer than two minutes
     */
    public static ProgramResult run(String... arguments) {
        return run(List.of(arguments)).orThrow();
    }

    /** Runs a program to its end, whatever its exit code; at most two minutes. */
    public static ProgramResult run(List<String> arguments) {
        return run(arguments, DEFAULT_LIMIT);
    }

    /**
     * Runs a program to its end, whatever its exit code.
     *
     * @param limit after it the program is killed
     * @throws UncheckedIOException when it cannot be started or is killed for taking too long
     */
    public static ProgramResult run(List<String> arguments, Duration limit) {
        return run(new ProcessBuilder(arguments), limit);
    }

    /** Runs a program to its end, with a text on its standard input: the way to hand over a secret. */
    public static ProgramResult run(List<String> arguments, String input, Duration limit) {
        return run(new ProcessBuilder(arguments), input, limit);
    }

    /** Runs a program to its end in a folder; its standard input is a file when one is given. */
    public static ProgramResult run(ProcessBuilder builder, Duration limit) {
        if (builder.redirectInput().type() == ProcessBuilder.Redirect.Type.PIPE) {
            builder.redirectInput(new File("/dev/null"));
        }
        return run(builder, "", limit);
    }

    private static ProgramResult run(ProcessBuilder builder, String input, Duration limit) {
        try {
            Process process = builder.start();
            if (!input.isEmpty()) {
                try (OutputStream standardInput = process.getOutputStream()) {
                    standardInput.write(input.getBytes(StandardCharsets.UTF_8));
                }
            }
            FutureTask<String> output = drain(process.getInputStream(), "output");
            FutureTask<String> errors = drain(process.getErrorStream(), "errors");
            if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                throw new UncheckedIOException(new IOException("'%s' took longer than %d s and was killed"
                        .formatted(String.join(" ", builder.command()), limit.toSeconds())));
            }
            // A child left behind may hold the pipes open; what the program itself wrote is there by now.
            return new ProgramResult(builder.command(), process.exitValue(), collect(output), collect(errors));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(
                    new IOException("interrupted while '%s' ran".formatted(String.join(" ", builder.command())), e));
        }
    }

    /**
     * Starts a program that goes on after this process has ended: in a session of its own, writing to a log file.
     *
     * @param environment added to this process's own
     * @return its process id
     */
    public static long startDetached(List<String> arguments, Map<String, String> environment, Path log) {
        List<String> command = new ArrayList<>(List.of("setsid"));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                .redirectErrorStream(true);
        builder.environment().putAll(environment);
        try {
            // setsid replaces itself with the program as it is no process group leader, so the id is the program's.
            return builder.start().pid();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static FutureTask<String> drain(InputStream stream, String name) {
        FutureTask<String> task = new FutureTask<>(() -> new String(stream.readAllBytes(), StandardCharsets.UTF_8));
        Thread.ofVirtual().name("program-" + name).start(task);
        return task;
    }

    private static String collect(FutureTask<String> task) throws IOException, InterruptedException {
        try {
            return task.get();
        } catch (ExecutionException e) {
            throw new IOException(e.getCause());
        }
    }
}

package dev.meseta.agent.system;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** Starts real processes, with a bare environment so that no setting of the caller changes what they print. */
public final class ProcessCommands implements Commands {

    private static final int OUTPUT_LIMIT_BYTES = 4 << 20;
    private static final int ERRORS_LIMIT_BYTES = 64 << 10;
    private static final String SEARCH_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

    @Override
    public Result run(List<String> arguments, Duration timeout) {
        Process process = start(arguments);
        CompletableFuture<String> output = drain(process.getInputStream(), OUTPUT_LIMIT_BYTES);
        CompletableFuture<String> errors = drain(process.getErrorStream(), ERRORS_LIMIT_BYTES);
        try {
            if (!process.waitFor(timeout.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new AgentException(
                        AgentErrorCode.TOOL_TIMEOUT,
                        arguments.getFirst() + " did not end within " + timeout.toSeconds() + " s");
            }
            return new Result(process.exitValue(), output.join(), errors.join());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AgentException(AgentErrorCode.CANCELLED, arguments.getFirst() + " was interrupted", e);
        } catch (CompletionException e) {
            throw new AgentException(
                    AgentErrorCode.AGENT_ERROR, "Cannot read what " + arguments.getFirst() + " printed", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process start(List<String> arguments) {
        ProcessBuilder builder = new ProcessBuilder(arguments).redirectInput(ProcessBuilder.Redirect.from(NOWHERE));
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.put("PATH", SEARCH_PATH);
        environment.put("LC_ALL", "C");
        try {
            return builder.start();
        } catch (IOException e) {
            throw new AgentException(
                    AgentErrorCode.AGENT_ERROR,
                    "Cannot run " + arguments.getFirst() + ": is it installed on this host?",
                    e);
        }
    }

    private static final java.io.File NOWHERE = new java.io.File("/dev/null");

    private static CompletableFuture<String> drain(InputStream stream, int limitBytes) {
        CompletableFuture<String> text = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try (stream) {
                text.complete(read(stream, limitBytes));
            } catch (IOException e) {
                text.completeExceptionally(e);
            }
        });
        return text;
    }

    private static String read(InputStream stream, int limitBytes) throws IOException {
        ByteArrayOutputStream kept = new ByteArrayOutputStream();
        byte[] buffer = new byte[8192];
        int read;
        // Read on past the limit: a full pipe would stop the program.
        while ((read = stream.read(buffer)) >= 0) {
            kept.write(buffer, 0, Math.min(read, limitBytes - kept.size()));
        }
        return kept.toString(StandardCharsets.UTF_8);
    }
}

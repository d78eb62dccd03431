package dev.meseta.lab.host;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The number of a lab on this machine. All names and addresses follow from it, so that labs live side by side and so that
 * what a crashed run left behind can be found and removed. It is claimed in a folder that does not outlive the machine's
 * own run, like the interfaces it stands for.
 */
final class LabNumber {

    private static final JsonMapper JSON = JsonMapper.shared();
    private static final Path REGISTRY = Path.of("/run/meseta-lab");
    private static final int HIGHEST = 40;

    private LabNumber() {}

    /**
     * The number already claimed for this folder, or the lowest free one.
     *
     * @param boundToThisProcess whether the claim ends with this process, however it ends
     * @param leftBehind removes what is there of a lab whose process has ended, before its number is used again
     */
    static int claim(Path directory, boolean boundToThisProcess, java.util.function.IntConsumer leftBehind) {
        return locked(() -> {
            for (int number = 0; number <= HIGHEST; number++) {
                Optional<JsonNode> claim = read(number);
                if (claim.isPresent() && directoryOf(claim.get()).equals(directory.toString())) {
                    write(number, directory, boundToThisProcess);
                    return number;
                }
            }
            // Lasting labs count up and short-lived ones down, so that a lasting one finds its number again after a
            // pause.
            for (int step = 0; step <= HIGHEST; step++) {
                int number = boundToThisProcess ? HIGHEST - step : step;
                Optional<JsonNode> claim = read(number);
                if (claim.isEmpty() || ownerIsGone(claim.get())) {
                    leftBehind.accept(number);
                    write(number, directory, boundToThisProcess);
                    return number;
                }
            }
            throw new IllegalStateException(
                    "there are %d labs on this machine already; see %s".formatted(HIGHEST + 1, REGISTRY));
        });
    }

    /** Claims one certain number again, for a lab whose hosts know their addresses by heart. */
    static void reclaim(int number, Path directory) {
        locked(() -> {
            Optional<JsonNode> claim = read(number);
            if (claim.isPresent()
                    && !directoryOf(claim.get()).equals(directory.toString())
                    && !ownerIsGone(claim.get())) {
                throw new IllegalStateException(
                        "the addresses of the lab in %s are in use by the lab in %s; stop one of them first"
                                .formatted(directory, directoryOf(claim.get())));
            }
            write(number, directory, false);
            return number;
        });
    }

    static void release(int number) {
        locked(() -> {
            Files.deleteIfExists(file(number));
            return number;
        });
    }

    private interface Critical {
        int run() throws IOException;
    }

    private static int locked(Critical section) {
        try {
            Files.createDirectories(REGISTRY);
            // A file lock is held by the whole process: threads of this one wait for each other here.
            synchronized (LabNumber.class) {
                try (FileChannel channel = FileChannel.open(
                                REGISTRY.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                        FileLock lock = channel.lock()) {
                    if (!lock.isValid()) {
                        throw new IOException("lost the lock of " + REGISTRY);
                    }
                    return section.run();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(int number) {
        return REGISTRY.resolve(number + ".json");
    }

    private static Optional<JsonNode> read(int number) throws IOException {
        Path file = file(number);
        return Files.exists(file) ? Optional.of(JSON.readTree(Files.readString(file))) : Optional.empty();
    }

    private static String directoryOf(JsonNode claim) {
        return claim.required("directory").stringValue();
    }

    private static boolean ownerIsGone(JsonNode claim) {
        JsonNode pid = claim.get("ownerPid");
        if (pid == null) {
            return false;
        }
        return ProcessHandle.of(pid.longValue())
                .flatMap(owner -> owner.info().startInstant())
                .map(Instant::toString)
                .filter(claim.required("ownerStarted").stringValue()::equals)
                .isEmpty();
    }

    private static void write(int number, Path directory, boolean boundToThisProcess) throws IOException {
        ObjectNode claim = JSON.createObjectNode().put("directory", directory.toString());
        if (boundToThisProcess) {
            ProcessHandle self = ProcessHandle.current();
            claim.put("ownerPid", self.pid());
            claim.put(
                    "ownerStarted",
                    self.info().startInstant().map(Instant::toString).orElse(""));
        }
        Files.writeString(file(number), JSON.writeValueAsString(claim) + "\n", StandardCharsets.UTF_8);
    }
}

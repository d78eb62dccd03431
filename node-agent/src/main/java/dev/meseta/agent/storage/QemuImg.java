package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.DurableFiles;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Calls {@code qemu-img}, always with the formats named and within limits. */
final class QemuImg {

    /** 1 GiB of memory, 30 s of processor time, no core dump: for looking at what strangers made. */
    static final List<String> LIMITED = List.of("prlimit", "--as=1073741824", "--cpu=30", "--core=0", "--");

    /** The same without a limit on time: copying a large disk takes what it takes. */
    private static final List<String> LIMITED_MEMORY = List.of("prlimit", "--as=2147483648", "--core=0", "--");

    private static final Duration CREATE_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CONVERT_PATIENCE = Duration.ofHours(2);

    private final Commands commands;

    QemuImg(Commands commands) {
        this.commands = commands;
    }

    /** An empty disk. */
    void create(Path file, long virtualSizeBytes) {
        run(
                List.of("qemu-img", "create", "-q", "-f", "qcow2", file.toString(), Long.toString(virtualSizeBytes)),
                CREATE_PATIENCE);
    }

    /** A thin disk over an image, whose name is relative to the new file: hosts may mount the share elsewhere. */
    void createOver(Path file, Path image, long virtualSizeBytes) {
        Path directory = file.getParent();
        if (directory == null) {
            throw new IllegalArgumentException(file + " has no directory");
        }
        run(
                List.of(
                        "qemu-img",
                        "create",
                        "-q",
                        "-f",
                        "qcow2",
                        "-F",
                        "qcow2",
                        "-b",
                        directory.relativize(image).toString(),
                        file.toString(),
                        Long.toString(virtualSizeBytes)),
                CREATE_PATIENCE);
    }

    /** Makes a qcow2 file of a raw disk. */
    void convertRaw(Path raw, Path qcow2) {
        List<String> arguments = new ArrayList<>(LIMITED_MEMORY);
        arguments.addAll(
                List.of("qemu-img", "convert", "-q", "-f", "raw", "-O", "qcow2", raw.toString(), qcow2.toString()));
        run(arguments, CONVERT_PATIENCE);
    }

    /** Puts a file's content and its name on the disk. */
    static void sync(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            channel.force(true);
        }
        Path directory = file.getParent();
        if (directory != null) {
            DurableFiles.syncDirectory(directory);
        }
    }

    private void run(List<String> arguments, Duration patience) {
        Commands.Result result = commands.run(arguments, patience);
        if (!result.succeeded()) {
            String complaint = result.complaint();
            AgentErrorCode code = complaint.contains("No space left")
                    ? AgentErrorCode.STORAGE_FULL
                    : AgentErrorCode.STORAGE_UNAVAILABLE;
            throw new AgentException(code, complaint);
        }
    }
}

package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.Commands;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Real media, made by {@code qemu-img} and by {@code genisoimage} or {@code xorriso}. */
public final class ToolMedia implements GuestMedia {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Commands commands;
    private final QemuImg qemuImg;

    public ToolMedia(Commands commands) {
        this.commands = commands;
        this.qemuImg = new QemuImg(commands);
    }

    @Override
    public void createDisk(Path file, long virtualSizeBytes) {
        qemuImg.create(file, virtualSizeBytes);
    }

    @Override
    public void createDiskOver(Path file, Path image, long virtualSizeBytes) {
        qemuImg.createOver(file, image, virtualSizeBytes);
    }

    @Override
    public void createSeed(Map<String, String> contents, Path file, Path workDirectory) throws IOException {
        Path folder = Files.createTempDirectory(workDirectory, "seed");
        try {
            for (Map.Entry<String, String> content : contents.entrySet()) {
                Files.writeString(folder.resolve(content.getKey()), content.getValue());
            }
            makeImage(folder, file);
        } finally {
            deleteFlat(folder);
        }
    }

    @Override
    public void sync(Path file) throws IOException {
        QemuImg.sync(file);
    }

    private void makeImage(Path content, Path image) {
        List<String> arguments = new ArrayList<>();
        if (Files.isExecutable(Path.of("/usr/bin/genisoimage"))) {
            arguments.add("genisoimage");
        } else {
            arguments.addAll(List.of("xorriso", "-as", "mkisofs"));
        }
        arguments.addAll(List.of(
                "-quiet",
                "-output",
                image.toString(),
                "-volid",
                "cidata",
                "-joliet",
                "-rational-rock",
                content.toString()));
        Commands.Result result = commands.run(arguments, PATIENCE);
        if (!result.succeeded()) {
            throw new AgentException(
                    AgentErrorCode.STORAGE_UNAVAILABLE, "Cannot make the cloud-init seed: " + result.complaint());
        }
    }

    private static void deleteFlat(Path folder) throws IOException {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
            for (Path file : files) {
                Files.delete(file);
            }
        }
        Files.delete(folder);
    }
}

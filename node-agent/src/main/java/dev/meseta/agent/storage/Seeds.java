package dev.meseta.agent.storage;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.DurableFiles;
import dev.meseta.agent.system.FileOwner;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Small ISO images that tell a guest's cloud-init its name and addresses. */
public final class Seeds {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final SharedDirectories directories;
    private final Commands commands;
    private final FileOwner emulator;
    private final Path workDirectory;

    /**
     * @param emulator the user that seeds are given to; they may hold secrets
     * @param workDirectory private to the agent; contents of seeds are here for a moment
     */
    public Seeds(SharedDirectories directories, Commands commands, FileOwner emulator, Path workDirectory) {
        this.directories = directories;
        this.commands = commands;
        this.emulator = emulator;
        this.workDirectory = workDirectory;
    }

    /** Writes a VM's seed, in place of an earlier one. */
    public void write(UUID vmId, CloudInit cloudInit) {
        SharedDirectory directory = directories.require(cloudInit.storageDomainId());
        Path seed = directory.seed(vmId);
        Path unfinished = directory.seeds().resolve("." + vmId + "." + UUID.randomUUID());
        try {
            Path content = Files.createTempDirectory(workDirectory, "seed");
            try {
                for (Map.Entry<String, String> file :
                        NoCloud.files(vmId, cloudInit).entrySet()) {
                    Files.writeString(content.resolve(file.getKey()), file.getValue());
                }
                makeImage(content, unfinished);
                emulator.own(unfinished, "r--------");
                Files.move(unfinished, seed, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
                DurableFiles.syncDirectory(directory.seeds());
            } finally {
                Files.deleteIfExists(unfinished);
                deleteFlat(content);
            }
        } catch (IOException e) {
            throw Volumes.unavailable("the seed of " + vmId, e);
        }
    }

    /** Writes a VM's seed unless there is one; for the target of a migration, whose guest has read its own long ago. */
    public void writeIfAbsent(UUID vmId, CloudInit cloudInit) {
        SharedDirectory directory = directories.require(cloudInit.storageDomainId());
        if (!Files.exists(directory.seed(vmId), LinkOption.NOFOLLOW_LINKS)) {
            write(vmId, cloudInit);
        }
    }

    /** Removes a VM's seed; no effect when there is none. */
    public void remove(UUID storageDomainId, UUID vmId) {
        try {
            Files.deleteIfExists(directories.require(storageDomainId).seed(vmId));
        } catch (IOException e) {
            throw Volumes.unavailable("the seed of " + vmId, e);
        }
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

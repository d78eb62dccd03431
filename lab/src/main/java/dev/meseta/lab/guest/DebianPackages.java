package dev.meseta.lab.guest;

import dev.meseta.lab.process.FileTrees;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Debian packages that are unpacked into a cache, not installed. */
final class DebianPackages {

    private static final Duration DOWNLOAD_LIMIT = Duration.ofMinutes(10);

    private final Path cache;

    DebianPackages(Path cache) {
        this.cache = cache;
    }

    /**
     * The cloud kernel that the distribution has now, or the one in the cache when there is one already.
     *
     * @return the folder it is unpacked in
     */
    Path cloudKernel() {
        return newestUnpacked("linux-image-").orElseGet(() -> {
            ProgramResult depends = Programs.run("apt-cache", "depends", "--no-suggests", "linux-image-cloud-amd64");
            String name = depends.output()
                    .lines()
                    .map(String::strip)
                    .filter(line -> line.startsWith("Depends: linux-image-"))
                    .map(line -> line.substring("Depends: ".length()))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException(
                            "the package index has no linux-image-cloud-amd64; run 'apt-get update' and try again"));
            return unpacked(name);
        });
    }

    /** A package by its exact name, downloaded at first use. */
    Path unpacked(String name) {
        Path target = cache.resolve(name);
        if (Files.isDirectory(target)) {
            return target;
        }
        try {
            Path work = Files.createDirectories(cache.resolve("download-" + name));
            ProcessBuilder download = new ProcessBuilder(
                            "apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", name)
                    .directory(work.toFile());
            Programs.run(download, DOWNLOAD_LIMIT).orThrow();
            Path archive;
            try (Stream<Path> files = Files.list(work)) {
                archive = files.filter(file -> file.toString().endsWith(".deb"))
                        .findFirst()
                        .orElseThrow(() -> new IllegalStateException("nothing was downloaded for package " + name));
            }
            Path content = work.resolve("content");
            Programs.run(List.of("dpkg-deb", "-x", archive.toString(), content.toString()), DOWNLOAD_LIMIT)
                    .orThrow();
            Files.move(content, target);
            FileTrees.delete(work);
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Optional<Path> newestUnpacked(String prefix) {
        File[] found = cache.toFile().listFiles((folder, name) -> name.startsWith(prefix));
        return found == null
                ? Optional.empty()
                : Stream.of(found)
                        .max(Comparator.comparingLong(File::lastModified))
                        .map(File::toPath);
    }
}

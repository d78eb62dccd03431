package dev.meseta.lab.guest;

import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Programs that the guest loads after it answers: iperf3 and the QEMU guest agent with their libraries. */
final class GuestTools {

    private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x[0-9a-f]+\\)");

    private final Path agentPackage;
    private final Path work;

    GuestTools(Path agentPackage, Path work) {
        this.agentPackage = agentPackage;
        this.work = work;
    }

    /** @return a tar archive to be unpacked over the guest's root */
    Path build() throws IOException {
        Path root = Files.createDirectories(work.resolve("tools"));
        add(Path.of("/usr/bin/iperf3"), root, "usr/bin/iperf3");
        add(agentPackage.resolve("usr/sbin/qemu-ga"), root, "usr/bin/qemu-ga");
        Path archive = work.resolve("tools.tar");
        ProcessBuilder tar = new ProcessBuilder(
                        "tar",
                        "--create",
                        "--owner=0",
                        "--group=0",
                        "--sort=name",
                        "--file=" + archive.toAbsolutePath(),
                        ".")
                .directory(root.toFile());
        Programs.run(tar, Duration.ofMinutes(1)).orThrow();
        return archive;
    }

    private static void add(Path program, Path root, String target) throws IOException {
        copy(program, root.resolve(target));
        Matcher libraries = LIBRARY.matcher(
                Programs.run(List.of("ldd", program.toString())).orThrow().output());
        while (libraries.find()) {
            Path library = Path.of(libraries.group(1));
            copy(library, root.resolve(library.toString().substring(1)));
        }
    }

    private static void copy(Path source, Path target) throws IOException {
        Files.createDirectories(target.getParent());
        Files.copy(source.toRealPath(), target, StandardCopyOption.REPLACE_EXISTING);
        target.toFile().setExecutable(true);
    }
}

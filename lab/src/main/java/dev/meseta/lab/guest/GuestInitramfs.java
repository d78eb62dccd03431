package dev.meseta.lab.guest;

import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.SequencedSet;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;

/** The first root of the guest, and its only one: busybox, the kernel modules a virtio machine needs, our scripts. */
final class GuestInitramfs {

    private final Path kernel;
    private final Path work;
    private final Path root;

    GuestInitramfs(Path kernel, Path work) {
        this.kernel = kernel;
        this.work = work;
        this.root = work.resolve("root");
    }

    /** @return the gzip-compressed cpio archive */
    Path build() throws IOException {
        for (String folder :
                List.of("bin", "dev", "proc", "sys", "run", "tmp", "etc/acpi/PWRF", "etc/cgi-bin", "var")) {
            Files.createDirectories(root.resolve(folder));
        }
        Files.copy(Path.of("/bin/busybox"), root.resolve("bin/busybox"));
        executable(root.resolve("bin/busybox"));
        for (String applet : Programs.run("/bin/busybox", "--list").output().split("\n")) {
            Path link = root.resolve("bin").resolve(applet);
            if (!applet.equals("busybox") && !Files.exists(link)) {
                Files.createSymbolicLink(link, Path.of("busybox"));
            }
        }
        script("init", "init");
        script("counter", "etc/counter");
        script("dirty", "etc/cgi-bin/dirty");
        script("talk", "etc/cgi-bin/talk");
        script("dirty-loop", "etc/dirty-loop");
        script("acpi-power", "etc/acpi/PWRF/00000080");
        Files.write(root.resolve("etc/network.awk"), GuestImage.resource("network.awk"));
        Files.write(root.resolve("etc/httpd.conf"), GuestImage.resource("httpd.conf"));
        modules();
        return archive();
    }

    private void script(String resource, String path) throws IOException {
        Path file = root.resolve(path);
        Files.write(file, GuestImage.resource(resource));
        executable(file);
    }

    private static void executable(Path file) throws IOException {
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private void modules() throws IOException {
        Path tree;
        try (Stream<Path> versions = Files.list(kernel.resolve("lib/modules"))) {
            tree = versions.findFirst().orElseThrow(() -> new IllegalStateException("no modules in " + kernel));
        }
        Programs.run("depmod", "-b", kernel.toString(), String.valueOf(tree.getFileName()));
        Map<String, List<String>> closures = dependencies(tree.resolve("modules.dep"));
        SequencedSet<String> order = new LinkedHashSet<>();
        String wanted = new String(GuestImage.resource("modules"), StandardCharsets.UTF_8);
        wanted.lines().filter(name -> !name.isBlank()).forEach(name -> {
            List<String> closure = closures.get(name);
            if (closure == null) {
                throw new IllegalStateException("kernel " + tree.getFileName() + " has no module " + name);
            }
            order.addAll(closure);
        });
        Path folder = Files.createDirectories(root.resolve("modules"));
        List<String> names = new ArrayList<>();
        for (String path : order) {
            Path source = tree.resolve(path);
            Files.copy(source, folder.resolve(source.getFileName()));
            names.add(String.valueOf(source.getFileName()));
        }
        Files.writeString(folder.resolve("order"), String.join("\n", names) + "\n");
    }

    /** Module name to the files to load, in the order to load them; depmod writes the most basic one last. */
    private static Map<String, List<String>> dependencies(Path file) throws IOException {
        Map<String, List<String>> closures = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            int colon = line.indexOf(':');
            String path = line.substring(0, colon);
            List<String> closure = new ArrayList<>();
            closure.add(path);
            for (String dependency : line.substring(colon + 1).strip().split(" ")) {
                if (!dependency.isEmpty()) {
                    closure.add(dependency);
                }
            }
            Collections.reverse(closure);
            String name = path.substring(path.lastIndexOf('/') + 1).replaceFirst("\\.ko.*$", "");
            closures.put(name, closure);
        }
        return closures;
    }

    private Path archive() throws IOException {
        List<String> names;
        try (Stream<Path> walk = Files.walk(root)) {
            names = walk.map(path -> root.relativize(path).toString())
                    .filter(name -> !name.isEmpty())
                    .sorted()
                    .toList();
        }
        Path list = work.resolve("root.list");
        Files.writeString(list, String.join("\n", names) + "\n");
        Path plain = work.resolve("root.cpio");
        ProcessBuilder cpio = new ProcessBuilder(
                        "cpio",
                        "--quiet",
                        "--create",
                        "--format=newc",
                        "--owner=0:0",
                        "--file=" + plain.toAbsolutePath())
                .directory(root.toFile())
                .redirectInput(list.toFile());
        Programs.run(cpio, Duration.ofMinutes(1)).orThrow();
        Path compressed = work.resolve("initrd");
        try (OutputStream target = new GZIPOutputStream(Files.newOutputStream(compressed))) {
            Files.copy(plain, target);
        }
        return compressed;
    }
}

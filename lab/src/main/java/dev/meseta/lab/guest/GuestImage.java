package dev.meseta.lab.guest;

import dev.meseta.lab.process.FileTrees;
import dev.meseta.lab.process.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/**
 * The image that test guests boot from: Debian's cloud kernel with a busybox user space, a few seconds to boot without
 * hardware acceleration in 256 MiB. It reads its name and addresses from a NoCloud seed and serves over HTTP:
 *
 * <ul>
 *   <li>{@code /status}: JSON with name, boot id and a counter that goes up every 100 ms
 *   <li>{@code /counter}: the counter as plain text
 *   <li>{@code /cgi-bin/dirty?mib=N&rate=R}: rewrites N MiB of memory at R MiB/s; {@code mib=0} stops
 * </ul>
 *
 * It also runs iperf3 on its usual port, the QEMU guest agent, a shell on the serial console, and powers off on the
 * power button.
 */
public final class GuestImage {

    private static final List<String> RESOURCES = List.of(
            "init",
            "counter",
            "dirty",
            "dirty-loop",
            "talk",
            "network.awk",
            "httpd.conf",
            "acpi-power",
            "syslinux.cfg",
            "modules");

    private final Path cache;

    /** @param cache folder for downloaded packages and finished images */
    public GuestImage(Path cache) {
        this.cache = cache;
    }

    /**
     * The qcow2 file of the image, built at first use and whenever something in it has changed.
     *
     * @throws UncheckedIOException when a file cannot be written or a package cannot be had
     */
    public Path build() {
        try {
            Files.createDirectories(cache);
            DebianPackages packages = new DebianPackages(cache.resolve("packages"));
            Path kernel = packages.cloudKernel();
            Path agent = packages.unpacked("qemu-guest-agent");
            Path image = cache.resolve("meseta-guest-" + fingerprint(kernel) + ".qcow2");
            if (Files.exists(image)) {
                return image;
            }
            Path work = cache.resolve("guest-build");
            FileTrees.delete(work);
            Files.createDirectories(work);
            Path initramfs = new GuestInitramfs(kernel, work).build();
            Path tools = new GuestTools(agent, work).build();
            Path raw = new BootDisk(work).build(kernelImage(kernel), initramfs, tools, resource("syslinux.cfg"));
            Path finished = work.resolve("guest.qcow2");
            Programs.run("qemu-img", "convert", "-f", "raw", "-O", "qcow2", raw.toString(), finished.toString());
            Files.move(finished, image, StandardCopyOption.ATOMIC_MOVE);
            FileTrees.delete(work);
            return image;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static byte[] resource(String name) throws IOException {
        try (InputStream stream = GuestImage.class.getResourceAsStream(name)) {
            if (stream == null) {
                throw new IllegalArgumentException("no guest file " + name);
            }
            return stream.readAllBytes();
        }
    }

    private static Path kernelImage(Path kernel) throws IOException {
        try (var files = Files.list(kernel.resolve("boot"))) {
            return files.filter(file -> file.getFileName().toString().startsWith("vmlinuz-"))
                    .findFirst()
                    .orElseThrow(() -> new IllegalStateException("no kernel in " + kernel));
        }
    }

    private static String fingerprint(Path kernel) throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(String.valueOf(kernel.getFileName()).getBytes(StandardCharsets.UTF_8));
            for (String name : RESOURCES) {
                digest.update(resource(name));
            }
            return HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}

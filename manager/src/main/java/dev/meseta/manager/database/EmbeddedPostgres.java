package dev.meseta.manager.database;

import dev.meseta.manager.shared.OwnerOnlyFiles;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL of the manager's own: data under {@code postgres} in a folder, reachable on a loopback port with a generated
 * password. It outlives a manager that was killed, and the next one uses it as it is. One that is kept running may be
 * shared by several managers of a machine: whoever comes first starts it.
 */
final class EmbeddedPostgres implements AutoCloseable {

    static final String USER = "meseta";

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final int START_SECONDS = 120;
    private static final int STOP_SECONDS = 60;
    private static final int PG_CTL_NOT_RUNNING = 3;
    private static final int PASSWORD_BYTES = 32;
    private static final Pattern PORT = Pattern.compile("(?m)^port = (\\d+)$");

    private final Path stateFolder;
    private final Path dataFolder;
    private final PostgresBinaries binaries;
    private final Options options;
    private final String password;
    private final FileChannel lock;
    private final int port;

    /**
     * @param durable false only where losing everything is fine, that is in tests: no fsync
     * @param keepRunning true: {@link #close()} leaves the server running, and other managers may use it, too
     */
    record Options(boolean durable, boolean keepRunning) {}

    private EmbeddedPostgres(Path stateFolder, PostgresBinaries binaries, Options options, FileChannel lock)
            throws IOException {
        this.stateFolder = stateFolder;
        this.dataFolder = stateFolder.resolve("postgres");
        this.binaries = binaries;
        this.options = options;
        this.lock = lock;
        this.password = passwordFrom(stateFolder.resolve("postgres.password"));
        this.port = startOrAdopt();
    }

    /**
     * Makes sure that the server runs and can be used.
     *
     * @throws IOException with what to do about it, when another manager uses the state folder or the server does not start
     */
    static EmbeddedPostgres start(Path stateFolder, Options options) throws IOException {
        Path folder = stateFolder.toAbsolutePath().normalize();
        OwnerOnlyFiles.createFolder(folder);
        // Closing the channel gives the lock back.
        FileChannel channel =
                FileChannel.open(folder.resolve("postgres.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = options.keepRunning() ? channel.lock() : channel.tryLock();
            if (lock == null) {
                throw new IOException("Another manager uses the database in " + folder
                        + "; stop it, or give this one a folder of its own with meseta.state-dir");
            }
            EmbeddedPostgres started = new EmbeddedPostgres(folder, PostgresBinaries.in(folder), options, channel);
            if (options.keepRunning()) {
                channel.close();
            }
            return started;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/postgres";
    }

    String password() {
        return password;
    }

    @Override
    public void close() throws IOException {
        if (!options.keepRunning()) {
            int exit = run(STOP_SECONDS, "pg_ctl", "-D", dataFolder.toString(), "-m", "fast", "-w", "stop");
            if (exit != 0) {
                LOG.warn("The embedded PostgreSQL did not stop (pg_ctl exit {}); see {}", exit, logFile());
            }
        }
        lock.close();
    }

    private int startOrAdopt() throws IOException {
        if (Files.notExists(dataFolder)) {
            initialise();
        }
        int status = run(START_SECONDS, "pg_ctl", "-D", dataFolder.toString(), "status");
        if (status == 0) {
            int running = runningPort();
            LOG.info("Using the embedded PostgreSQL that already runs on port {}", running);
            return running;
        }
        if (status != PG_CTL_NOT_RUNNING) {
            throw new IOException("pg_ctl cannot tell the state of " + dataFolder + " (exit " + status + "); see "
                    + stateFolder.resolve("postgres-commands.log"));
        }
        int free = listenPort();
        writeSettings(free);
        int exit = run(
                START_SECONDS,
                "pg_ctl",
                "-D",
                dataFolder.toString(),
                "-l",
                logFile().toString(),
                "-w",
                "-t",
                Integer.toString(START_SECONDS),
                "start");
        if (exit != 0) {
            throw new IOException(
                    "The embedded PostgreSQL did not start (pg_ctl exit " + exit + "); the reason is in " + logFile());
        }
        LOG.info("Embedded PostgreSQL {} runs on port {}", PostgresBinaries.VERSION, free);
        return free;
    }

    private void initialise() throws IOException {
        Path unfinished = stateFolder.resolve("postgres.new");
        PostgresBinaries.deleteRecursively(unfinished);
        int exit = run(
                START_SECONDS,
                "initdb",
                "-D",
                unfinished.toString(),
                "-U",
                USER,
                "--auth=scram-sha-256",
                "--pwfile=" + stateFolder.resolve("postgres.password"),
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--data-checksums");
        if (exit != 0) {
            throw new IOException("initdb failed (exit " + exit + "); the reason is in "
                    + stateFolder.resolve("postgres-commands.log"));
        }
        Files.writeString(
                unfinished.resolve("postgresql.conf"), "\ninclude 'meseta.conf'\n", StandardOpenOption.APPEND);
        Files.move(unfinished, dataFolder, StandardCopyOption.ATOMIC_MOVE);
    }

    private void writeSettings(int listenPort) throws IOException {
        String durability = options.durable() ? "on" : "off";
        OwnerOnlyFiles.write(
                dataFolder.resolve("meseta.conf"), """
                # Written at every start of the manager.
                listen_addresses = '127.0.0.1'
                port = %d
                unix_socket_directories = ''
                max_connections = 300
                fsync = %s
                full_page_writes = %s
                synchronous_commit = %s
                """.formatted(listenPort, durability, durability, durability));
    }

    /** Fourth line of postmaster.pid. */
    private int runningPort() throws IOException {
        List<String> lines = Files.readAllLines(dataFolder.resolve("postmaster.pid"));
        return Integer.parseInt(lines.get(3).strip());
    }

    /** The port it had before, which other managers may know it by, unless somebody else has taken it. */
    private int listenPort() throws IOException {
        Path settings = dataFolder.resolve("meseta.conf");
        if (Files.exists(settings)) {
            Matcher before = PORT.matcher(Files.readString(settings));
            if (before.find()) {
                try {
                    return freePort(Integer.parseInt(before.group(1)));
                } catch (BindException taken) {
                    LOG.info("Port {} of the embedded PostgreSQL is taken; it gets another one", before.group(1));
                }
            }
        }
        return freePort(0);
    }

    private static int freePort(int wanted) throws IOException {
        try (var socket = new ServerSocket(wanted, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static String passwordFrom(Path file) throws IOException {
        if (Files.notExists(file)) {
            byte[] random = new byte[PASSWORD_BYTES];
            new SecureRandom().nextBytes(random);
            OwnerOnlyFiles.write(file, Base64.getUrlEncoder().withoutPadding().encodeToString(random));
        }
        return Files.readString(file, StandardCharsets.UTF_8).strip();
    }

    private Path logFile() {
        return stateFolder.resolve("postgres.log");
    }

    private int run(int timeoutSeconds, String program, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        if (runsAsRoot()) {
            // PostgreSQL refuses to run as root; in a user namespace without a mapping it is nobody.
            command.addAll(List.of("unshare", "-U"));
        }
        command.add(binaries.program(program).toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command)
                .directory(stateFolder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        stateFolder.resolve("postgres-commands.log").toFile()));
        builder.environment().put("LC_ALL", "C");
        Process process = builder.start();
        try {
            if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new IOException(program + " did not end within " + timeoutSeconds + " s; see "
                        + stateFolder.resolve("postgres-commands.log"));
            }
            return process.exitValue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            process.destroyForcibly();
            throw new IOException("interrupted while " + program + " ran", e);
        }
    }

    private static boolean runsAsRoot() throws IOException {
        return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
    }
}

package dev.meseta.lab.stack;

import dev.meseta.lab.host.Lab;
import dev.meseta.lab.process.FileTrees;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** All managers of a state folder, on one database. */
final class Managers {

    /** The ports of more would be those of another data center. */
    static final int MOST = 7;

    private static final int USUAL_HTTPS_PORT = 8443;
    private static final int HIGHEST_HTTPS_PORT = 8643;
    private static final int HTTPS_PORT_STEP = 10;
    private static final int AGENT_PORT = 8444;
    private static final int OTHER_AGENT_PORTS = 8700;
    private static final int KEY_BYTES = 32;
    private static final JsonMapper JSON = JsonMapper.shared();

    private final StateFolder state;
    private final boolean anyPorts;
    private final List<ManagerProcess> possible;
    private Map<String, String> more = Map.of();

    /** @param anyPorts whether any free ports will do, or those people expect are wanted */
    Managers(StateFolder state, boolean anyPorts) {
        this.state = state;
        this.anyPorts = anyPorts;
        this.possible = IntStream.rangeClosed(1, MOST)
                .mapToObj(index -> new ManagerProcess(state, index))
                .toList();
    }

    /** Settings of managers that start from now on, by their names as environment variables. */
    void setMore(Map<String, String> settings) {
        more = Map.copyOf(settings);
    }

    /** So many as there were last, at least one. */
    List<ManagerProcess> all() {
        int count = (int) possible.stream()
                .skip(1)
                .takeWhile(manager -> Files.isDirectory(state.manager(manager.index())))
                .count();
        return possible.subList(0, 1 + count);
    }

    /** Where agents enrol, the first manager's first. */
    List<String> agentAddresses(Lab lab) {
        return all().stream()
                .map(manager -> lab.managerAddress() + ":" + agentPort(manager.index()))
                .toList();
    }

    /**
     * Starts so many, and stops for good those that are more.
     *
     * @param settings of these managers, by their names as environment variables
     */
    void start(
            int count,
            Installation programs,
            Lab lab,
            Optional<String> databaseUrl,
            Optional<String> traces,
            Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(more);
        all.putAll(settings);
        writeSealingKey();
        for (ManagerProcess tooMany : all().stream().skip(count).toList()) {
            tooMany.stop();
            delete(state.manager(tooMany.index()));
        }
        for (ManagerProcess manager : possible.subList(0, count)) {
            manager.start(
                    programs,
                    new ManagerSettings(
                            lab,
                            manager.index(),
                            httpsPort(manager),
                            agentPort(manager.index()),
                            databaseUrl,
                            traces,
                            all));
        }
    }

    /** Waits until all answer, and writes down how they are reached. */
    void awaitReady() {
        all().forEach(ManagerProcess::awaitReady);
        publishAccess();
    }

    /** Ends all of them in order. */
    void stop() {
        possible.forEach(ManagerProcess::askToStop);
        possible.forEach(ManagerProcess::stop);
        try {
            Files.deleteIfExists(state.access());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The access file of the manager that made the administrator's account, with the addresses of all. */
    void publishAccess() {
        try {
            Path source = all().stream()
                    .map(ManagerProcess::accessFile)
                    .filter(file -> read(file).has("passwordFile"))
                    .findFirst()
                    .orElse(possible.getFirst().accessFile());
            ObjectNode access = read(source);
            ArrayNode urls = JSON.createArrayNode();
            all().forEach(manager -> urls.add(manager.url()));
            access.put("url", urls.required(0).stringValue());
            access.set("urls", urls);
            Path keycloak = state.keycloak().resolve(Keycloak.ACCESS);
            if (Files.exists(keycloak)) {
                access.set("keycloak", read(keycloak));
            }
            state.writeAccess(JSON.writeValueAsString(access) + "\n");
        } catch (UncheckedIOException e) {
            throw new IllegalStateException("a manager has not written how it is reached", e);
        }
    }

    private static ObjectNode read(Path file) {
        try {
            return JSON.readTree(Files.readString(file)).asObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path folder) {
        try {
            FileTrees.delete(folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whoever starts first would make one of its own. */
    private void writeSealingKey() {
        Path file = state.sealingKey();
        if (Files.exists(file)) {
            return;
        }
        byte[] key = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(key);
        try {
            Files.createDirectories(file.getParent());
            Path fresh = file.resolveSibling("sealing.key.new");
            Files.deleteIfExists(fresh);
            Files.createFile(fresh, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.write(fresh, key);
            Files.move(fresh, file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int agentPort(int index) {
        return index == 1 ? AGENT_PORT : OTHER_AGENT_PORTS + index;
    }

    /** The usual port, or one that resembles it where another data center has taken it. */
    private int httpsPort(ManagerProcess manager) {
        OptionalInt present = manager.httpsPort();
        if (present.isPresent()) {
            return present.getAsInt();
        }
        if (!anyPorts) {
            for (int port : candidates(manager.index())) {
                if (isFree(port)) {
                    return port;
                }
            }
        }
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The port after the first manager's is where agents look for it; the other managers' follow. */
    private int[] candidates(int index) {
        if (index == 1) {
            return IntStream.iterate(
                            USUAL_HTTPS_PORT, port -> port <= HIGHEST_HTTPS_PORT, port -> port + HTTPS_PORT_STEP)
                    .toArray();
        }
        return possible.getFirst().httpsPort().stream()
                .map(first -> first + index)
                .toArray();
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.ofLiteral("0.0.0.0"))) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }
}

package dev.meseta.agent.fleet;

import dev.meseta.agent.system.HostAndPort;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * What a fleet is.
 *
 * @param stateDirectory of the whole fleet; each host has a folder in it
 * @param managers where agents enrol and renew, at any of them
 * @param hosts how many
 * @param network second number of the hosts' addresses 127.x.y.z, so that several fleets fit on a machine
 * @param storage where the hosts' shared storage is on this machine
 * @param seed of everything that is left to chance
 */
public record FleetSettings(
        Path stateDirectory, List<HostAndPort> managers, int hosts, int network, Storage storage, long seed) {

    /**
     * Shared storage.
     *
     * @param mounted the path that hosts know it by
     * @param here the same folder, as this process sees it
     */
    public record Storage(Path mounted, Path here) {

        Path onThisMachine(Path path) {
            return path.startsWith(mounted) ? here.resolve(mounted.relativize(path)) : path;
        }
    }

    /** More have no address. */
    public static final int MOST_HOSTS = 60_000;

    private static final int AGENT_PORT = 7443;
    private static final int HOSTS_IN_SUBNET = 250;

    public FleetSettings {
        managers = List.copyOf(managers);
        if (hosts < 1 || hosts > MOST_HOSTS) {
            throw new IllegalArgumentException("a fleet has 1 to %d hosts, not %d".formatted(MOST_HOSTS, hosts));
        }
        if (network < 1 || network > 255) {
            throw new IllegalArgumentException("the second number of 127.x.y.z is 1 to 255, not " + network);
        }
    }

    /**
     * Where the agent of a fleet's host listens.
     *
     * @param network as of the fleet
     * @param number of the host, which its name ends with
     */
    public static HostAndPort agentAddress(int network, int number) {
        return new HostAndPort(address(network, number), AGENT_PORT);
    }

    private static String address(int network, int number) {
        return "127.%d.%d.%d".formatted(network, number / HOSTS_IN_SUBNET, number % HOSTS_IN_SUBNET + 1);
    }

    /** {@code sim-00001} and so on. */
    static String name(int number) {
        return String.format(Locale.ROOT, "sim-%05d", number);
    }

    /** The host's own address; Linux has all of 127.0.0.0/8 without being told. */
    String address(int number) {
        return address(network, number);
    }

    HostAndPort agentAddress(int number) {
        return agentAddress(network, number);
    }

    Path folder(int number) {
        return stateDirectory.resolve("hosts").resolve(name(number));
    }

    /** For sockets of migrations; its path must be short. */
    Path runDirectory() {
        return stateDirectory.resolve("run");
    }

    /** How often the fleet was started. */
    Path startsFile() {
        return stateDirectory.resolve("starts");
    }

    /** Where the fleet is controlled from. */
    public Path controlSocket() {
        return stateDirectory.resolve("control.sock");
    }
}

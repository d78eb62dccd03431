package dev.meseta.lab.host;

import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The lab's wires: one bridge for management and migration, a cable (veth) from it to every host, and the overlay's end in
 * the manager's namespace.
 */
final class LabNetwork {

    private static final int PREFIX = 24;

    private final LabNames names;

    LabNetwork(LabNames names) {
        this.names = names;
    }

    /** Makes bridge, firewall table and overlay end; nothing happens to what is there already. */
    void ensure() {
        if (!exists(names.bridge())) {
            // With an address of its own: one borrowed from its ports would change when a port comes or goes.
            Programs.run(
                    "ip",
                    "link",
                    "add",
                    "name",
                    names.bridge(),
                    "address",
                    names.hardwareAddress(0),
                    "type",
                    "bridge",
                    "forward_delay",
                    "0");
            Programs.run("ip", "address", "add", names.managerAddress() + "/" + PREFIX, "dev", names.bridge());
            Programs.run("ip", "link", "set", names.bridge(), "up");
        }
        if (!exists(names.gateway())) {
            Programs.run(
                    "ip",
                    "link",
                    "add",
                    "name",
                    names.gateway(),
                    "mtu",
                    Integer.toString(names.overlayMtu()),
                    "type",
                    "vxlan",
                    "id",
                    Integer.toString(names.overlayVni()),
                    "local",
                    names.managerAddress(),
                    "dstport",
                    "4789",
                    "learning");
            Programs.run(
                    "ip",
                    "address",
                    "add",
                    names.overlayGatewayAddress()
                            + names.overlaySubnet()
                                    .substring(names.overlaySubnet().indexOf('/')),
                    "dev",
                    names.gateway());
            Programs.run("ip", "link", "set", names.gateway(), "up");
        }
        // Frames of unplugged cables are dropped without a word, as a broken path does; a set keeps who is unplugged.
        if (!succeeds("nft", "list", "table", "bridge", names.firewallTable())) {
            String table = names.firewallTable();
            nft("add", "table", "bridge", table);
            nft("add", "set", "bridge", table, "cut", "{ type ifname; }");
            for (String hook : List.of("prerouting", "forward", "output")) {
                nft("add", "chain", "bridge", table, hook, "{ type filter hook " + hook + " priority 0; }");
            }
            nft("add", "rule", "bridge", table, "prerouting", "iifname", "@cut", "drop");
            nft("add", "rule", "bridge", table, "forward", "oifname", "@cut", "drop");
            nft("add", "rule", "bridge", table, "output", "oifname", "@cut", "drop");
        }
    }

    /** A network namespace for a host and its cable; the host's end is called eth0. */
    void connect(int host) {
        disconnect(host);
        String namespace = names.namespace(host);
        String address = names.address(host);
        Programs.run("ip", "netns", "add", namespace);
        Programs.run(
                "ip",
                "link",
                "add",
                "name",
                names.cable(host),
                "type",
                "veth",
                "peer",
                "name",
                "eth0",
                "address",
                names.hardwareAddress(host),
                "netns",
                namespace);
        Programs.run("ip", "link", "set", names.cable(host), "master", names.bridge(), "up");
        Programs.run("ip", "-n", namespace, "link", "set", "lo", "up");
        Programs.run("ip", "-n", namespace, "address", "add", address + "/" + PREFIX, "dev", "eth0");
        Programs.run("ip", "-n", namespace, "link", "set", "eth0", "up");
        Programs.run("ip", "-n", namespace, "route", "add", "default", "via", names.managerAddress());
        if (!succeeds("bridge", "fdb", "append", "00:00:00:00:00:00", "dev", names.gateway(), "dst", address)
                && !floods(address)) {
            throw new IllegalStateException("%s does not accept %s as a peer".formatted(names.gateway(), address));
        }
    }

    /** Pulls the cable and removes the host's network with all in it. */
    void disconnect(int host) {
        if (exists(names.cable(host))) {
            Programs.run("ip", "link", "delete", names.cable(host));
        }
        if (namespaces().contains(names.namespace(host))) {
            Programs.run("ip", "netns", "delete", names.namespace(host));
        }
    }

    /** Drops every frame to and from a host, in silence. */
    void cut(int host) {
        nft("add", "element", "bridge", names.firewallTable(), "cut", "{ \"" + names.cable(host) + "\" }");
    }

    void mend(int host) {
        // Adding first makes the removal work for a cable that is not cut.
        cut(host);
        nft("delete", "element", "bridge", names.firewallTable(), "cut", "{ \"" + names.cable(host) + "\" }");
    }

    /** Processes in any network namespace of this lab, also of hosts nobody remembers. */
    List<Long> processes() {
        List<Long> found = new ArrayList<>();
        for (String namespace : namespaces()) {
            Programs.run("ip", "netns", "pids", namespace)
                    .output()
                    .lines()
                    .map(Long::parseLong)
                    .forEach(found::add);
        }
        return found;
    }

    /** Removes every namespace, interface and firewall table that has a name of this lab. */
    void removeAll() {
        for (String interfaceName : interfaces()) {
            if (exists(interfaceName)) {
                Programs.run("ip", "link", "delete", interfaceName);
            }
        }
        for (String namespace : namespaces()) {
            Programs.run("ip", "netns", "delete", namespace);
        }
        if (succeeds("nft", "list", "table", "bridge", names.firewallTable())) {
            nft("delete", "table", "bridge", names.firewallTable());
        }
    }

    private boolean floods(String address) {
        return Programs.run("bridge", "fdb", "show", "dev", names.gateway())
                .output()
                .lines()
                .anyMatch(line -> line.startsWith("00:00:00:00:00:00") && line.contains("dst " + address + " "));
    }

    private List<String> interfaces() {
        return named("ifname", Programs.run("ip", "-json", "link", "show").output())
                .filter(name -> name.startsWith(names.interfacePrefix()))
                .toList();
    }

    private List<String> namespaces() {
        return named("name", Programs.run("ip", "-json", "netns", "list").output())
                .filter(name -> name.startsWith(names.namespacePrefix()))
                .toList();
    }

    private static Stream<String> named(String field, String json) {
        // Without any entry ip prints nothing at all.
        if (json.isBlank()) {
            return Stream.empty();
        }
        return JsonMapper.shared()
                .readTree(json)
                .valueStream()
                .map(entry -> entry.path(field))
                .filter(JsonNode::isString)
                .map(JsonNode::stringValue);
    }

    private static boolean exists(String interfaceName) {
        return succeeds("ip", "link", "show", "dev", interfaceName);
    }

    private static boolean succeeds(String... arguments) {
        return Programs.run(List.of(arguments)).succeeded();
    }

    private static void nft(String... arguments) {
        ProgramResult result = Programs.run(
                Stream.concat(Stream.of("nft"), Stream.of(arguments)).toList());
        result.orThrow();
    }
}

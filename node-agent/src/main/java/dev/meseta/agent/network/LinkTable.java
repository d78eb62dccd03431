package dev.meseta.agent.network;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** The kernel's network devices, read and changed through {@code ip} and {@code bridge}. */
final class LinkTable {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String ANY_MAC = "00:00:00:00:00:00";

    private final Commands commands;

    LinkTable(Commands commands) {
        this.commands = commands;
    }

    /**
     * A network device.
     *
     * @param master the bridge it is in, or empty
     * @param vni of a VXLAN device, else 0
     * @param local tunnel address of a VXLAN device, or empty
     */
    record Link(String name, int mtu, boolean up, String master, String alias, int vni, String local, int port) {}

    /** Devices of a type, {@code bridge} or {@code vxlan}. */
    List<Link> links(String type) {
        List<Link> links = new ArrayList<>();
        for (Map<?, ?> link : Json.objects(query("ip", "-j", "-d", "link", "show", "type", type))) {
            Map<?, ?> info = Json.object(orEmpty(link.get("linkinfo")));
            Map<?, ?> data = Json.object(orEmpty(info.get("info_data")));
            links.add(new Link(
                    Json.string(link, "ifname").orElse(""),
                    Json.number(link, "mtu").orElse(0L).intValue(),
                    link.get("flags") instanceof List<?> flags && flags.contains("UP"),
                    Json.string(link, "master").orElse(""),
                    Json.string(link, "ifalias").orElse(""),
                    Json.number(data, "id").orElse(0L).intValue(),
                    Json.string(data, "local").orElse(""),
                    Json.number(data, "port").orElse(0L).intValue()));
        }
        return links;
    }

    Optional<Link> link(String type, String name) {
        return links(type).stream().filter(link -> link.name().equals(name)).findFirst();
    }

    /** Where a VXLAN device copies unknown and broadcast frames to. */
    Set<String> floodTargets(String device) {
        return Json.objects(query("bridge", "-j", "fdb", "show", "dev", device)).stream()
                .filter(entry -> Json.string(entry, "mac").orElse("").equals(ANY_MAC))
                .flatMap(entry -> Json.string(entry, "dst").stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    void addFloodTarget(String device, String address) {
        change("bridge", "fdb", "append", ANY_MAC, "dev", device, "dst", address);
    }

    void removeFloodTarget(String device, String address) {
        change("bridge", "fdb", "del", ANY_MAC, "dev", device, "dst", address);
    }

    /** Runs a command that changes something. */
    void change(String... arguments) {
        Commands.Result result = commands.run(List.of(arguments), PATIENCE);
        if (!result.succeeded()) {
            throw failed(arguments, result);
        }
    }

    /** Whether the kernel accepts a change; for finding out what it can do. */
    boolean accepts(String... arguments) {
        return commands.run(List.of(arguments), PATIENCE).succeeded();
    }

    private Object query(String... arguments) {
        Commands.Result result = commands.run(List.of(arguments), PATIENCE);
        if (!result.succeeded()) {
            throw failed(arguments, result);
        }
        try {
            // Nothing to show is printed as nothing at all.
            return result.output().isBlank() ? List.of() : Json.parse(result.output());
        } catch (IllegalArgumentException e) {
            throw new AgentException(
                    AgentErrorCode.NETWORK_ERROR, "Cannot understand the output of " + arguments[0], e);
        }
    }

    private static Object orEmpty(@org.jspecify.annotations.Nullable Object value) {
        return value == null ? Map.of() : value;
    }

    private static AgentException failed(String[] arguments, Commands.Result result) {
        return new AgentException(
                AgentErrorCode.NETWORK_ERROR,
                Arrays.stream(arguments).limit(8).collect(Collectors.joining(" ")) + ": " + result.complaint());
    }
}

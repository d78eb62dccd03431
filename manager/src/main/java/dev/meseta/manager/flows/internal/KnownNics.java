package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowAddress;
import dev.meseta.manager.agents.FlowRecord;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;

/**
 * Whose vNIC it is, remembered for a while. What is not there is asked for again sooner than what is; a vNIC that reports
 * for the first time is known at once by its address too. Not thread-safe.
 */
final class KnownNics {

    static final Duration LIFE = Duration.ofMinutes(1);
    static final Duration LIFE_OF_NONE = Duration.ofSeconds(10);
    /** What a host saw of a VM may come so long after the VM has left it. */
    static final Duration AFTER_LEAVING = Duration.ofHours(1);

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(2);

    private static final int MAX_REMEMBERED = 500_000;
    private static final Pattern SEPARATOR = Pattern.compile("[:/]");
    private static final int HEX = 16;
    private static final int OCTET = 0xFF;
    private static final int V4_BITS = 32;
    private static final long GROUP_MAC = 1L << 40;
    private static final String SELECT = """
            SELECT n.id, n.vm_id, n.network_id, n.mac_address, host(a.address) AS address, v.name, v.cluster_id,
                ARRAY(SELECT r.host_id FROM reservation r WHERE r.vm_id = v.id) || v.host_id || o.host_id AS hosts
            FROM nic n JOIN vm v ON v.id = n.vm_id LEFT JOIN vm_observed o ON o.vm_id = v.id
            LEFT JOIN network_address a ON a.nic_id = n.id""";

    private final JdbcClient jdbc;
    private final InstantSource clock;
    private final Map<UUID, Remembered> byId = new HashMap<>();
    private final Map<OnNetwork, Remembered> byAddress = new HashMap<>();
    private final Map<MacOnNetwork, Remembered> byMac = new HashMap<>();
    /** By vNIC: hosts, with when they were last known to have the VM. */
    private final Map<UUID, Map<UUID, Instant>> hosts = new HashMap<>();

    private Map<UUID, Subnet> subnets = Map.of();
    private Instant subnetsUntil = Instant.MIN;

    KnownNics(JdbcClient jdbc, InstantSource clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    private record OnNetwork(UUID networkId, FlowAddress address) {}

    private record MacOnNetwork(UUID networkId, long mac) {}

    private record Remembered(@Nullable KnownNic nic, Instant at, Instant until) {

        boolean isOlder(Duration age, Instant now) {
            return !now.isBefore(at.plus(age));
        }
    }

    /** An IPv4 subnet. */
    private record Subnet(long first, int prefixLength) {

        static Subnet parse(String cidr) {
            String[] parts = SEPARATOR.split(cidr);
            long size = 1L << (V4_BITS - Integer.parseInt(parts[1]));
            return new Subnet(FlowAddress.parse(parts[0]).low() / size * size, Integer.parseInt(parts[1]));
        }

        boolean contains(FlowAddress address) {
            return !address.v6() && address.low() >= first && address.low() <= last();
        }

        long last() {
            return first + (1L << (V4_BITS - prefixLength)) - 1;
        }
    }

    /** Looks up all that these records need, by the hosts that brought them, in a few queries. */
    void prepare(Map<UUID, List<FlowRecord>> byHost) {
        if (byId.size() + byAddress.size() + byMac.size() > MAX_REMEMBERED) {
            byId.clear();
            byAddress.clear();
            byMac.clear();
            hosts.clear();
        }
        List<FlowRecord> records = new ArrayList<>();
        byHost.values().forEach(records::addAll);
        Instant now = clock.instant();
        loadSubnets(now);
        Set<UUID> ids = new HashSet<>();
        byHost.forEach((host, flows) -> {
            for (FlowRecord flow : flows) {
                Remembered known = byId.get(flow.nicId());
                // It may have come to that host just now.
                if (known == null || isMissing(known, now) || (!isAt(host, flow) && known.isOlder(LOOK_AGAIN, now))) {
                    ids.add(flow.nicId());
                }
            }
        });
        loadIds(ids, now);
        Set<OnNetwork> addresses = new HashSet<>();
        for (FlowRecord flow : records) {
            FlowAddress address = flow.remoteAddress();
            if (address != null && flow.vlanId() == 0 && !address.isGroup()) {
                OnNetwork key = new OnNetwork(flow.networkId(), address);
                if (isMissing(byAddress.get(key), now)) {
                    addresses.add(key);
                }
            }
        }
        loadAddresses(addresses, now);
        Set<MacOnNetwork> macs = new HashSet<>();
        for (FlowRecord flow : records) {
            MacOnNetwork key = new MacOnNetwork(flow.networkId(), flow.remoteMac());
            if (isByMac(flow) && ofAddress(flow) == null && isMissing(byMac.get(key), now)) {
                macs.add(key);
            }
        }
        loadMacs(macs, now);
    }

    private static boolean isMissing(@Nullable Remembered known, Instant now) {
        return known == null || !now.isBefore(known.until());
    }

    /** Whether what this host says of the vNIC is to be believed: its VM is there, or was lately, or is nowhere. */
    boolean isAt(UUID host, FlowRecord flow) {
        Map<UUID, Instant> known = hosts.getOrDefault(flow.nicId(), Map.of());
        return known.isEmpty() || known.containsKey(host);
    }

    /** The vNIC that reported; one that was deleted is remembered for as long as it is heard of. */
    Optional<KnownNic> local(FlowRecord flow) {
        Remembered known = byId.get(flow.nicId());
        return Optional.ofNullable(known == null ? null : known.nic());
    }

    /** The vNIC at the other end; empty: something outside, or a group. */
    Optional<KnownNic> remote(FlowRecord flow) {
        KnownNic found = ofAddress(flow);
        if (found == null && isByMac(flow)) {
            Remembered known = byMac.get(new MacOnNetwork(flow.networkId(), flow.remoteMac()));
            found = known == null ? null : known.nic();
        }
        return Optional.ofNullable(found);
    }

    private @Nullable KnownNic ofAddress(FlowRecord flow) {
        FlowAddress address = flow.remoteAddress();
        if (address == null || flow.vlanId() != 0) {
            return null;
        }
        Remembered known = byAddress.get(new OnNetwork(flow.networkId(), address));
        return known == null ? null : known.nic();
    }

    /** What comes from behind a gateway has the gateway's MAC address; what does not must be on the network itself. */
    private boolean isByMac(FlowRecord flow) {
        FlowAddress address = flow.remoteAddress();
        if (flow.remoteMac() == FlowRecord.NO_MAC || isGroup(flow.remoteMac())) {
            return false;
        }
        if (address == null || address.isLinkLocal()) {
            return true;
        }
        Subnet subnet = subnets.get(flow.networkId());
        return subnet != null && subnet.contains(address);
    }

    /** Whether it is for a group of receivers or for all (IEEE 802). */
    static boolean isGroup(long mac) {
        return mac != FlowRecord.NO_MAC && (mac & GROUP_MAC) != 0;
    }

    /** Whether it is for a group of receivers or for all of that network. */
    boolean isGroup(UUID networkId, @Nullable FlowAddress address) {
        if (address == null) {
            return false;
        }
        Subnet subnet = subnets.get(networkId);
        return address.isGroup() || (subnet != null && !address.v6() && address.low() == subnet.last());
    }

    private void loadSubnets(Instant now) {
        if (!now.isBefore(subnetsUntil)) {
            Map<UUID, Subnet> found = new HashMap<>();
            jdbc.sql("SELECT id, subnet FROM network").query(row -> {
                found.put(uuid(row, "id"), Subnet.parse(row.getString("subnet")));
            });
            subnets = found;
            subnetsUntil = now.plus(LIFE);
        }
    }

    private void loadIds(Set<UUID> ids, Instant now) {
        if (ids.isEmpty()) {
            return;
        }
        List<KnownNic> found = query(
                jdbc.sql(SELECT + " WHERE n.id = ANY(CAST(:ids AS uuid[]))").param("ids", texts(ids)));
        found.forEach(nic -> learn(nic, now));
        ids.forEach(id -> {
            Remembered known = byId.get(id);
            if (isMissing(known, now)) {
                // A deleted VM's last packets are still its own: ids are never given twice.
                byId.put(id, new Remembered(known == null ? null : known.nic(), now, now.plus(LIFE_OF_NONE)));
            }
        });
    }

    private void loadAddresses(Set<OnNetwork> keys, Instant now) {
        if (keys.isEmpty()) {
            return;
        }
        List<OnNetwork> asked = List.copyOf(keys);
        query(jdbc.sql(SELECT + " WHERE (a.network_id, a.address) IN"
                                + " (SELECT * FROM unnest(CAST(:networks AS uuid[]), CAST(:addresses AS inet[])))")
                        .param(
                                "networks",
                                texts(asked.stream().map(OnNetwork::networkId).toList()))
                        .param(
                                "addresses",
                                texts(asked.stream().map(OnNetwork::address).toList())))
                .forEach(nic -> learn(nic, now));
        keys.forEach(key -> {
            if (isMissing(byAddress.get(key), now)) {
                byAddress.put(key, new Remembered(null, now, now.plus(LIFE_OF_NONE)));
            }
        });
    }

    private void loadMacs(Set<MacOnNetwork> keys, Instant now) {
        if (keys.isEmpty()) {
            return;
        }
        query(jdbc.sql(SELECT + " WHERE n.mac_address = ANY(:macs)")
                        .param(
                                "macs",
                                texts(keys.stream().map(key -> mac(key.mac())).toList())))
                .forEach(nic -> learn(nic, now));
        keys.forEach(key -> {
            if (isMissing(byMac.get(key), now)) {
                byMac.put(key, new Remembered(null, now, now.plus(LIFE_OF_NONE)));
            }
        });
    }

    private void learn(KnownNic nic, Instant now) {
        Remembered known = new Remembered(nic, now, now.plus(LIFE));
        Map<UUID, Instant> places = hosts.computeIfAbsent(nic.nicId(), id -> new HashMap<>());
        nic.hosts().forEach(host -> places.put(host, now));
        places.values().removeIf(last -> last.isBefore(now.minus(AFTER_LEAVING)));
        byId.put(nic.nicId(), known);
        byMac.put(new MacOnNetwork(nic.networkId(), nic.mac()), known);
        if (nic.address() != null) {
            byAddress.put(new OnNetwork(nic.networkId(), nic.address()), known);
        }
    }

    private static List<KnownNic> query(JdbcClient.StatementSpec statement) {
        return new ArrayList<>(statement.query((row, number) -> nic(row)).list());
    }

    private static KnownNic nic(ResultSet row) throws SQLException {
        String address = row.getString("address");
        return new KnownNic(
                uuid(row, "id"),
                uuid(row, "vm_id"),
                uuid(row, "network_id"),
                mac(row.getString("mac_address")),
                address == null ? null : FlowAddress.parse(address),
                row.getString("name"),
                uuid(row, "cluster_id"),
                Stream.of((UUID[]) row.getArray("hosts").getArray())
                        .filter(Objects::nonNull)
                        .collect(Collectors.toSet()));
    }

    private static long mac(String text) {
        long mac = 0;
        for (String octet : SEPARATOR.split(text)) {
            mac = (mac << 8) | Integer.parseInt(octet, HEX);
        }
        return mac;
    }

    /** As people and PostgreSQL write it. */
    static String mac(long mac) {
        return "%02x:%02x:%02x:%02x:%02x:%02x"
                .formatted(
                        (mac >> 40) & OCTET,
                        (mac >> 32) & OCTET,
                        (mac >> 24) & OCTET,
                        (mac >> 16) & OCTET,
                        (mac >> 8) & OCTET,
                        mac & OCTET);
    }

    private static String[] texts(Collection<?> values) {
        return values.stream().map(Object::toString).toArray(String[]::new);
    }

    private static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class), column);
    }
}

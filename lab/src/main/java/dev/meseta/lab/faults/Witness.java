package dev.meseta.lab.faults;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.faults.Evidence.Held;
import dev.meseta.lab.faults.Evidence.Owned;
import dev.meseta.lab.faults.Evidence.Request;
import dev.meseta.lab.faults.Evidence.Reservation;
import dev.meseta.lab.faults.Evidence.Task;
import dev.meseta.lab.faults.Evidence.Vm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/** Gathers evidence: from the API, from the database, from the storage and from the hosts themselves. */
final class Witness {

    private static final String SUFFIX = ".qcow2";

    private final MesetaClient client;
    private final Database database;
    private final Hosts hosts;
    private final Path storage;

    /** @param storage the hosts' shared storage */
    Witness(MesetaClient client, Database database, Hosts hosts, Path storage) {
        this.client = client;
        this.database = database;
        this.hosts = hosts;
        this.storage = storage;
    }

    /** How everything is now. Parts are read one after the other: while anything changes they may not fit together. */
    Evidence gather(List<Request> requests) {
        try (Connection connection = database.connect()) {
            List<Task> tasks = query(
                    connection,
                    "SELECT id, kind, state, phase, target_id, correlation_id FROM task WHERE target_kind = 'vm'",
                    row -> new Task(
                            uuid(row, "id"),
                            row.getString("kind"),
                            row.getString("state"),
                            row.getString("phase"),
                            uuid(row, "target_id"),
                            row.getString("correlation_id")));
            return new Evidence(
                    requests, tasks, hosts.runs(), hosts.resets(), vms(connection), hosts.guests(), held(connection));
        } catch (SQLException e) {
            throw new UncheckedIOException(new IOException("the database does not tell", e));
        }
    }

    private List<Vm> vms(Connection connection) throws SQLException {
        Map<UUID, String> activities = new HashMap<>();
        query(
                connection,
                "SELECT id, activity FROM vm WHERE activity IS NOT NULL",
                row -> activities.put(uuid(row, "id"), row.getString("activity")));
        Set<UUID> looping = Set.copyOf(query(
                connection,
                "SELECT DISTINCT object_id FROM event WHERE code = 'VM_CRASH_LOOP'",
                row -> uuid(row, "object_id")));
        List<Vm> vms = new ArrayList<>();
        for (JsonNode vm : client.list("/vms")) {
            UUID id = UUID.fromString(vm.required("id").stringValue());
            vms.add(new Vm(
                    id,
                    vm.required("name").stringValue(),
                    vm.required("status").stringValue(),
                    Optional.ofNullable(vm.path("hostName").stringValue(null)),
                    activities.getOrDefault(id, ""),
                    vm.required("desiredPower").stringValue(),
                    looping.contains(id)));
        }
        return vms;
    }

    private Held held(Connection connection) throws SQLException {
        return new Held(
                query(connection, "SELECT id, vm_id FROM disk", Witness::owned),
                disksOnStorage(),
                query(connection, "SELECT id, vm_id FROM nic", Witness::owned),
                query(connection, "SELECT nic_id FROM network_address", row -> uuid(row, "nic_id")),
                query(
                        connection,
                        "SELECT r.vm_id, h.name FROM reservation r JOIN host h ON h.id = r.host_id ORDER BY h.name",
                        row -> new Reservation(uuid(row, "vm_id"), row.getString("name"))));
    }

    private Set<UUID> disksOnStorage() {
        Path disks = storage.resolve("disks");
        if (!Files.isDirectory(disks)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(disks)) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(SUFFIX))
                    .map(name -> UUID.fromString(name.substring(0, name.length() - SUFFIX.length())))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Owned owned(ResultSet row) throws SQLException {
        return new Owned(uuid(row, "id"), uuid(row, "vm_id"));
    }

    private static UUID uuid(ResultSet row, String column) throws SQLException {
        return UUID.fromString(row.getString(column));
    }

    private interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> List<T> query(Connection connection, String sql, RowReader<T> reader) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            List<T> read = new ArrayList<>();
            while (rows.next()) {
                read.add(reader.read(rows));
            }
            return read;
        }
    }
}

package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.Cluster;
import dev.meseta.manager.inventory.DataCenter;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/** SQL rows to records. */
@Component
class Rows {

    static final String HOST_COLUMNS = """
            h.id, h.cluster_id, h.name, h.agent_address, h.migration_address, h.maintenance, h.version, h.created_at,
            o.status, o.status_reason, o.status_since, o.boot_id, o.agent_instance_id, o.sequence, o.observed_at,
            o.agent_version, o.hostname, o.kernel_version, o.libvirt_version, o.qemu_version, o.cpus, o.cpu_model,
            o.memory_bytes, o.acceleration, o.capabilities, o.conditions""";
    static final String HOST_TABLES =
            "host h JOIN host_observed o ON o.host_id = h.id JOIN cluster c ON c.id = h.cluster_id";

    static final String VM_COLUMNS = """
            v.id, v.cluster_id, v.name, v.description, v.vcpus, v.memory_bytes, v.firmware, v.image_id, v.user_data,
            v.desired_power, v.activity, v.host_id, v.version, v.created_at, v.delete_protected, v.external,
            o.status, o.status_reason, o.status_since, o.host_id AS observed_host_id, o.observed_at""";
    static final String VM_TABLES = "vm v JOIN vm_observed o ON o.vm_id = v.id";

    private static final TypeReference<List<String>> CAPABILITIES = new TypeReference<>() {};
    private static final TypeReference<List<Host.Condition>> CONDITIONS = new TypeReference<>() {};

    private final JsonMapper json;

    Rows(JsonMapper json) {
        this.json = json;
    }

    static DataCenter dataCenter(ResultSet row) throws SQLException {
        return new DataCenter(
                uuid(row, "id"),
                row.getString("name"),
                row.getString("description"),
                row.getLong("version"),
                instant(row, "created_at"));
    }

    static Cluster cluster(ResultSet row) throws SQLException {
        return new Cluster(
                uuid(row, "id"),
                uuid(row, "data_center_id"),
                row.getString("name"),
                row.getString("description"),
                row.getString("cpu_model"),
                row.getLong("version"),
                instant(row, "created_at"));
    }

    Host host(ResultSet row) throws SQLException {
        return new Host(
                uuid(row, "id"),
                uuid(row, "cluster_id"),
                row.getString("name"),
                row.getString("agent_address"),
                row.getString("migration_address"),
                row.getBoolean("maintenance"),
                row.getLong("version"),
                instant(row, "created_at"),
                new Host.Observed(
                        HostStatus.valueOf(row.getString("status")),
                        row.getString("status_reason"),
                        instant(row, "status_since"),
                        row.getString("boot_id"),
                        row.getString("agent_instance_id"),
                        row.getLong("sequence"),
                        optionalInstant(row, "observed_at"),
                        row.getString("agent_version"),
                        row.getString("hostname"),
                        row.getString("kernel_version"),
                        row.getString("libvirt_version"),
                        row.getString("qemu_version"),
                        row.getInt("cpus"),
                        row.getString("cpu_model"),
                        row.getLong("memory_bytes"),
                        row.getString("acceleration"),
                        json.readValue(row.getString("capabilities"), CAPABILITIES),
                        json.readValue(row.getString("conditions"), CONDITIONS)));
    }

    static Vm vm(ResultSet row) throws SQLException {
        return new Vm(
                uuid(row, "id"),
                uuid(row, "cluster_id"),
                row.getString("name"),
                row.getString("description"),
                row.getInt("vcpus"),
                row.getLong("memory_bytes"),
                Vm.Firmware.valueOf(row.getString("firmware")),
                optionalUuid(row, "image_id"),
                row.getString("user_data"),
                PowerState.valueOf(row.getString("desired_power")),
                status(row.getString("activity")),
                optionalUuid(row, "host_id"),
                row.getLong("version"),
                instant(row, "created_at"),
                new Vm.Observed(
                        VmStatus.valueOf(row.getString("status")),
                        row.getString("status_reason"),
                        instant(row, "status_since"),
                        optionalUuid(row, "observed_host_id"),
                        optionalInstant(row, "observed_at")),
                row.getBoolean("delete_protected"),
                row.getBoolean("external"));
    }

    /** A moment as it comes back from a row: PostgreSQL keeps microseconds. */
    static Instant asStored(Instant moment) {
        return moment.truncatedTo(ChronoUnit.MICROS);
    }

    static @Nullable VmStatus status(@Nullable String name) {
        return name == null ? null : VmStatus.valueOf(name);
    }

    static String text(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getString(column), column);
    }

    static UUID uuid(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(row.getObject(column, UUID.class), column);
    }

    static @Nullable UUID optionalUuid(ResultSet row, String column) throws SQLException {
        return row.getObject(column, UUID.class);
    }

    static Instant instant(ResultSet row, String column) throws SQLException {
        return Objects.requireNonNull(optionalInstant(row, column), column);
    }

    static @Nullable Instant optionalInstant(ResultSet row, String column) throws SQLException {
        OffsetDateTime value = row.getObject(column, OffsetDateTime.class);
        return value == null ? null : value.toInstant();
    }
}

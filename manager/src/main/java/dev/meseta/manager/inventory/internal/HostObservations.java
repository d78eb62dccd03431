package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.EventPublisher.Severity;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;
import tools.jackson.databind.json.JsonMapper;

/** What hosts say of themselves, and how they stand. Called inside a transaction. */
@Component
class HostObservations {

    private final JdbcClient jdbc;
    private final JsonMapper json;
    private final EventPublisher events;
    private final InstantSource clock;

    HostObservations(JdbcClient jdbc, JsonMapper json, EventPublisher events, InstantSource clock) {
        this.jdbc = jdbc;
        this.json = json;
        this.events = events;
        this.clock = clock;
    }

    /** Answers the addresses that the agent claims for the first time and does not get. */
    Optional<RefusedAddresses> described(UUID hostId, HostReport report) {
        Optional<Known> known = known(hostId);
        Optional<RefusedAddresses> refused = known.flatMap(
                host -> RefusedAddresses.of(hostId, host.agentAddress(), host.migrationAddress(), report));
        List<Host.Condition> conditions = new ArrayList<>(report.conditions());
        refused.map(RefusedAddresses::condition).ifPresent(conditions::add);
        int written = jdbc.sql("""
                        UPDATE host_observed SET boot_id = :bootId, agent_instance_id = :instance, sequence = :sequence,
                            observed_at = :observedAt, agent_version = :agentVersion, hostname = :hostname,
                            kernel_version = :kernelVersion, libvirt_version = :libvirtVersion,
                            qemu_version = :qemuVersion, cpus = :cpus, cpu_model = :cpuModel,
                            memory_bytes = :memoryBytes, acceleration = :acceleration,
                            capabilities = CAST(:capabilities AS jsonb), conditions = CAST(:conditions AS jsonb)
                        WHERE host_id = :hostId
                            AND NOT (agent_instance_id IS NOT DISTINCT FROM :instance AND sequence > :sequence)""")
                .param("bootId", report.bootId())
                .param("instance", report.agentInstanceId())
                .param("sequence", report.sequence())
                .param("observedAt", report.observedAt().atOffset(ZoneOffset.UTC))
                .param("agentVersion", report.agentVersion())
                .param("hostname", report.hostname())
                .param("kernelVersion", report.kernelVersion())
                .param("libvirtVersion", report.libvirtVersion())
                .param("qemuVersion", report.qemuVersion())
                .param("cpus", report.cpus())
                .param("cpuModel", report.cpuModel())
                .param("memoryBytes", report.memoryBytes())
                .param("acceleration", report.acceleration())
                .param("capabilities", json.writeValueAsString(report.capabilities()))
                .param("conditions", json.writeValueAsString(conditions))
                .param("hostId", hostId)
                .update();
        if (written == 0) {
            return Optional.empty();
        }
        Optional<RefusedAddresses> untold = refused.filter(
                claim -> known.stream().noneMatch(host -> host.conditions().contains(claim.condition())));
        events.publish(untold.map(RefusedAddresses::event).orElseGet(() -> EventDraft.changed("host", hostId)));
        return untold;
    }

    private Optional<Known> known(UUID hostId) {
        return jdbc.sql("""
                        SELECT h.agent_address, h.migration_address, o.conditions
                        FROM host h JOIN host_observed o ON o.host_id = h.id
                        WHERE h.id = :hostId FOR UPDATE OF o""")
                .param("hostId", hostId)
                .query((row, number) -> new Known(
                        row.getString("agent_address"),
                        row.getString("migration_address"),
                        List.of(json.readValue(row.getString("conditions"), Host.Condition[].class))))
                .optional();
    }

    void status(UUID hostId, HostStatus reported, String reason) {
        // A connected host that an administrator put aside is in maintenance and not up.
        jdbc.sql("""
                        WITH wanted AS (
                            SELECT CASE WHEN maintenance AND :status = 'UP' THEN 'MAINTENANCE' ELSE :status END AS status
                            FROM host WHERE id = :hostId)
                        UPDATE host_observed o SET status = wanted.status, status_reason = :reason,
                            status_since = CASE WHEN o.status = wanted.status THEN o.status_since ELSE :now END
                        FROM wanted
                        WHERE o.host_id = :hostId AND (o.status <> wanted.status OR o.status_reason <> :reason)
                        RETURNING o.status""")
                .param("status", reported.name())
                .param("reason", reason)
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("hostId", hostId)
                .query((row, number) -> HostStatus.valueOf(Rows.text(row, "status")))
                .optional()
                .ifPresent(now -> tell(hostId, now, reason));
    }

    private void tell(UUID hostId, HostStatus now, String reason) {
        Severity severity = now == HostStatus.NON_RESPONSIVE || now == HostStatus.NON_OPERATIONAL
                ? Severity.WARNING
                : Severity.INFO;
        events.publish(new EventDraft(
                EventKind.HOST_CHANGED.text(), "host", hostId, severity, "", reason, Map.of("status", now.name())));
    }

    /** What was known of a host before it reported. */
    private record Known(String agentAddress, String migrationAddress, List<Host.Condition> conditions) {}
}

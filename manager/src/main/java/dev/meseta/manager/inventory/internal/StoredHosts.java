package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** Hosts as rows. The addresses are written by what a host's agent reports. */
@Service
@Transactional
class StoredHosts implements Hosts {

    private static final String MAINTENANCE = "maintenance";

    private final JdbcClient jdbc;
    private final Rows rows;
    private final EventPublisher events;
    private final InstantSource clock;
    private final Access access;

    StoredHosts(JdbcClient jdbc, Rows rows, EventPublisher events, InstantSource clock, Access access) {
        this.access = access;
        this.jdbc = jdbc;
        this.rows = rows;
        this.events = events;
        this.clock = clock;
    }

    @Override
    @Transactional(propagation = Propagation.SUPPORTS)
    public Optional<Host> find(UUID hostId) {
        return jdbc.sql("SELECT " + Rows.HOST_COLUMNS + " FROM " + Rows.HOST_TABLES + " WHERE h.id = :id")
                .param("id", hostId)
                .query((row, number) -> rows.host(row))
                .optional();
    }

    @Override
    @Transactional(propagation = Propagation.SUPPORTS)
    public Host require(UUID hostId) {
        return find(hostId).orElseThrow(() -> Problems.notFound("host", hostId));
    }

    @Override
    @Transactional(readOnly = true)
    public List<Host> all() {
        return jdbc.sql("SELECT " + Rows.HOST_COLUMNS + " FROM " + Rows.HOST_TABLES + " ORDER BY h.name")
                .query((row, number) -> rows.host(row))
                .list();
    }

    @Override
    @Transactional(readOnly = true)
    public List<Host> inCluster(UUID clusterId) {
        return jdbc.sql("SELECT " + Rows.HOST_COLUMNS + " FROM " + Rows.HOST_TABLES
                        + " WHERE h.cluster_id = :clusterId ORDER BY h.name")
                .param("clusterId", clusterId)
                .query((row, number) -> rows.host(row))
                .list();
    }

    @Override
    public Host register(UUID hostId, UUID clusterId, String name, String agentAddress, String migrationAddress) {
        Instant now = clock.instant();
        boolean added = jdbc.sql("""
                        INSERT INTO host (id, cluster_id, name, agent_address, migration_address, maintenance, version,
                            created_at)
                        VALUES (:id, :clusterId, :name, :agentAddress, :migrationAddress, false, 0, :now)
                        ON CONFLICT (name) DO NOTHING""")
                        .param("id", hostId)
                        .param("clusterId", clusterId)
                        .param("name", name)
                        .param("agentAddress", agentAddress)
                        .param("migrationAddress", migrationAddress)
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
        if (!added) {
            throw Names.taken("host", name);
        }
        jdbc.sql("INSERT INTO host_observed (host_id, status, status_since) VALUES (:id, :status, :now)")
                .param("id", hostId)
                .param("status", HostStatus.CONNECTING.name())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        events.publish(EventDraft.changed("host", hostId));
        return require(hostId);
    }

    @Override
    public Host setMaintenance(UUID hostId, boolean maintenance, @Nullable Long expectedVersion) {
        access.require(Permission.HOST_MAINTENANCE, ObjectRef.host(hostId));
        Host host = jdbc.sql("SELECT " + Rows.HOST_COLUMNS + " FROM " + Rows.HOST_TABLES
                        + " WHERE h.id = :id FOR UPDATE OF h")
                .param("id", hostId)
                .query((row, number) -> rows.host(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("host", hostId));
        if (expectedVersion != null && expectedVersion != host.version()) {
            throw new MesetaException(
                    ErrorCode.STALE_VERSION,
                    "The host %s has version %d and not %d; read it again."
                            .formatted(host.name(), host.version(), expectedVersion));
        }
        if (host.maintenance() == maintenance) {
            return host;
        }
        if (maintenance) {
            requireNoVms(hostId, host.name());
        }
        jdbc.sql("UPDATE host SET maintenance = :maintenance, version = version + 1 WHERE id = :id")
                .param("maintenance", maintenance)
                .param("id", hostId)
                .update();
        HostStatus from = maintenance ? HostStatus.UP : HostStatus.MAINTENANCE;
        HostStatus to = maintenance ? HostStatus.MAINTENANCE : HostStatus.UP;
        // A host that is not connected gets its status when it is.
        jdbc.sql("""
                        UPDATE host_observed SET status = :to, status_reason = '', status_since = :now
                        WHERE host_id = :id AND status = :from""")
                .param("to", to.name())
                .param("from", from.name())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .param("id", hostId)
                .update();
        events.publish(EventDraft.changed("host", hostId));
        AuditNotes.changed(Map.of(MAINTENANCE, host.maintenance()), Map.of(MAINTENANCE, maintenance));
        return require(hostId);
    }

    private void requireNoVms(UUID hostId, String hostName) {
        List<String> names = jdbc.sql("""
                        SELECT v.name FROM vm v JOIN vm_observed o ON o.vm_id = v.id
                        WHERE v.host_id = :id OR (o.host_id = :id AND o.status <> 'DOWN') ORDER BY v.name LIMIT 10""")
                .param("id", hostId)
                .query((row, number) -> Rows.text(row, "name"))
                .list();
        if (!names.isEmpty()) {
            throw new MesetaException(
                    ErrorCode.OBJECT_IN_USE,
                    "VMs run on %s: %s. Migrate or stop them first.".formatted(hostName, String.join(", ", names)));
        }
    }
}

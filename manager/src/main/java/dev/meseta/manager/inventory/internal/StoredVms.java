package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import java.sql.Types;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** VMs as rows. The version counts what users change; activity and place are written by tasks. */
@Service
@Transactional
class StoredVms implements Vms {

    private static final int MIB_SHIFT = 20;

    private final JdbcClient jdbc;
    private final EventPublisher events;
    private final InstantSource clock;
    private final Access access;

    StoredVms(JdbcClient jdbc, EventPublisher events, InstantSource clock, Access access) {
        this.access = access;
        this.jdbc = jdbc;
        this.events = events;
        this.clock = clock;
    }

    @Override
    @Transactional(propagation = Propagation.SUPPORTS)
    public Optional<Vm> find(UUID vmId) {
        return jdbc.sql("SELECT " + Rows.VM_COLUMNS + " FROM " + Rows.VM_TABLES + " WHERE v.id = :id")
                .param("id", vmId)
                .query((row, number) -> Rows.vm(row))
                .optional();
    }

    @Override
    @Transactional(propagation = Propagation.SUPPORTS)
    public Vm require(UUID vmId) {
        return find(vmId).orElseThrow(() -> Problems.notFound("VM", vmId));
    }

    @Override
    @Transactional(readOnly = true)
    public boolean isNameTaken(String name) {
        return jdbc.sql("SELECT EXISTS (SELECT FROM vm WHERE name = :name)")
                .param("name", name)
                .query(Boolean.class)
                .single();
    }

    @Override
    @Transactional(readOnly = true)
    public List<Vm> all() {
        return jdbc.sql("SELECT " + Rows.VM_COLUMNS + " FROM " + Rows.VM_TABLES + " ORDER BY v.name")
                .query((row, number) -> Rows.vm(row))
                .list();
    }

    @Override
    @Transactional(readOnly = true)
    public List<Vm> unsettled() {
        return jdbc.sql("SELECT " + Rows.VM_COLUMNS + " FROM " + Rows.VM_TABLES
                        + " WHERE o.status = 'DOWN' AND v.activity IS NULL AND NOT v.external"
                        + " AND (v.desired_power = 'RUNNING' OR v.host_id IS NOT NULL) ORDER BY v.id")
                .query((row, number) -> Rows.vm(row))
                .list();
    }

    @Override
    @Transactional(readOnly = true)
    public List<Vm> onHost(UUID hostId) {
        return jdbc.sql("SELECT " + Rows.VM_COLUMNS + " FROM " + Rows.VM_TABLES
                        + " WHERE v.host_id = :hostId OR o.host_id = :hostId ORDER BY v.name")
                .param("hostId", hostId)
                .query((row, number) -> Rows.vm(row))
                .list();
    }

    @Override
    public Vm create(NewVm vm) {
        VmRules.check(vm);
        Instant now = Rows.asStored(clock.instant());
        boolean added = jdbc.sql("""
                        INSERT INTO vm (id, cluster_id, name, description, vcpus, memory_bytes, firmware, image_id,
                            user_data, desired_power, activity, host_id, version, created_at)
                        VALUES (:id, :clusterId, :name, :description, :vcpus, :memoryBytes, :firmware,
                            CAST(:imageId AS uuid), :userData, :desiredPower, CAST(:activity AS text),
                            CAST(:hostId AS uuid), 0, :now)
                        ON CONFLICT (name) DO NOTHING""")
                        .param("id", vm.id())
                        .param("clusterId", vm.clusterId())
                        .param("name", vm.name())
                        .param("description", vm.description())
                        .param("vcpus", vm.vcpus())
                        .param("memoryBytes", vm.memoryBytes())
                        .param("firmware", vm.firmware().name())
                        .param("imageId", vm.imageId())
                        .param("userData", vm.userData())
                        .param("desiredPower", vm.desiredPower().name())
                        .param("activity", name(vm.activity()))
                        .param("hostId", vm.hostId())
                        .param("now", now.atOffset(ZoneOffset.UTC))
                        .update()
                == 1;
        if (!added) {
            throw Names.taken("VM", vm.name());
        }
        jdbc.sql("INSERT INTO vm_observed (vm_id, status, status_since) VALUES (:id, :status, :now)")
                .param("id", vm.id())
                .param("status", VmStatus.DOWN.name())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        events.publish(EventDraft.changed("vm", vm.id()));
        return vm.storedAt(now);
    }

    @Override
    public Vm update(UUID vmId, long expectedVersion, VmChange change) {
        access.require(Permission.VM_CHANGE, ObjectRef.vm(vmId));
        if (change.tags() != null) {
            access.require(Permission.GRANT_MANAGE, ObjectRef.vm(vmId));
        }
        VmRules.check(change);
        Vm vm = lock(vmId);
        requireVersion(vm, expectedVersion);
        if (vm.external()) {
            throw Vms.external(vm.name());
        }
        if (changesHardware(vm, change) && vm.status() != VmStatus.DOWN) {
            throw new MesetaException(
                    ErrorCode.VM_RUNNING,
                    "CPUs and memory of %s can only be changed while it is down; stop it first.".formatted(vm.name()));
        }
        if (!changesSomething(vm, change) && change.tags() == null) {
            return vm;
        }
        Map<String, Object> before = audited(vm);
        String name = change.name() == null ? vm.name() : change.name();
        try {
            jdbc.sql("""
                            UPDATE vm SET name = :name, description = coalesce(CAST(:description AS text), description),
                                tags = coalesce(CAST(:tags AS text[]), tags), vcpus = coalesce(CAST(:vcpus AS integer), vcpus),
                                memory_bytes = coalesce(CAST(:memoryBytes AS bigint), memory_bytes),
                                delete_protected = coalesce(CAST(:deleteProtected AS boolean), delete_protected), version = version + 1
                            WHERE id = :id""")
                    .param("name", name)
                    .param("description", change.description())
                    .param("tags", tags(change.tags()), Types.ARRAY)
                    .param("vcpus", change.vcpus())
                    .param("memoryBytes", change.memoryBytes())
                    .param("deleteProtected", change.deleteProtected())
                    .param("id", vmId)
                    .update();
        } catch (DuplicateKeyException e) {
            throw Names.taken("VM", name);
        }
        events.publish(EventDraft.changed("vm", vmId));
        Vm after = require(vmId);
        AuditNotes.changed(before, audited(after));
        return after;
    }

    /** What {@link #update} changes, as the API calls it. */
    private Map<String, Object> audited(Vm vm) {
        String tags = jdbc.sql("SELECT array_to_string(tags, ' ') FROM vm WHERE id = :id")
                .param("id", vm.id())
                .query(String.class)
                .single();
        return Map.of(
                "name", vm.name(),
                "description", vm.description(),
                "vcpus", vm.vcpus(),
                "memoryMiB", vm.memoryBytes() >> MIB_SHIFT,
                "tags", tags,
                "deleteProtected", vm.deleteProtected());
    }

    @Override
    @Transactional(readOnly = true)
    public void checkVersion(UUID vmId, @Nullable Long expectedVersion) {
        Vm vm = require(vmId);
        if (expectedVersion != null && expectedVersion != vm.version()) {
            throw stale(vm.name(), vm.version(), expectedVersion);
        }
    }

    @Override
    public void setDesiredPower(UUID vmId, PowerState power) {
        write(
                vmId,
                "desired_power = :value, version = version + 1 WHERE id = :id AND desired_power <> :value",
                power.name());
    }

    @Override
    public void setActivity(UUID vmId, @Nullable VmStatus activity) {
        write(
                vmId,
                "activity = CAST(:value AS text) WHERE id = :id AND activity IS DISTINCT FROM CAST(:value AS text)",
                name(activity));
    }

    @Override
    public void setHost(UUID vmId, @Nullable UUID hostId) {
        write(
                vmId,
                "host_id = CAST(:value AS uuid) WHERE id = :id AND host_id IS DISTINCT FROM CAST(:value AS uuid)",
                hostId);
    }

    /** Publishes only what changed something. */
    private void write(UUID vmId, String assignment, @Nullable Object value) {
        int written = jdbc.sql("UPDATE vm SET " + assignment)
                .param("value", value)
                .param("id", vmId)
                .update();
        if (written == 1) {
            events.publish(EventDraft.changed("vm", vmId));
        } else {
            require(vmId);
        }
    }

    @Override
    public void remove(UUID vmId) {
        int removed =
                jdbc.sql("DELETE FROM vm WHERE id = :id").param("id", vmId).update();
        if (removed == 0) {
            throw Problems.notFound("VM", vmId);
        }
        events.publish(EventDraft.changed("vm", vmId));
    }

    /** The VM as it is now, and nobody else changes its row until the transaction ends. */
    private Vm lock(UUID vmId) {
        return jdbc.sql("SELECT " + Rows.VM_COLUMNS + " FROM " + Rows.VM_TABLES + " WHERE v.id = :id FOR UPDATE OF v")
                .param("id", vmId)
                .query((row, number) -> Rows.vm(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("VM", vmId));
    }

    private static boolean changesHardware(Vm vm, VmChange change) {
        return (change.vcpus() != null && change.vcpus() != vm.vcpus())
                || (change.memoryBytes() != null && change.memoryBytes() != vm.memoryBytes());
    }

    private static boolean changesSomething(Vm vm, VmChange change) {
        return changesHardware(vm, change)
                || (change.name() != null && !change.name().equals(vm.name()))
                || (change.description() != null && !change.description().equals(vm.description()))
                || (change.deleteProtected() != null && change.deleteProtected() != vm.deleteProtected());
    }

    private static String @Nullable [] tags(@Nullable List<String> tags) {
        return tags == null ? null : new TreeSet<>(tags).toArray(String[]::new);
    }

    private static void requireVersion(Vm vm, long expected) {
        if (vm.version() != expected) {
            throw stale(vm.name(), vm.version(), expected);
        }
    }

    private static MesetaException stale(String name, long actual, long expected) {
        return new MesetaException(
                ErrorCode.STALE_VERSION,
                "The VM %s has version %d and not %d: somebody changed it. Read it again and repeat the change."
                        .formatted(name, actual, expected));
    }

    private static @Nullable String name(@Nullable VmStatus status) {
        return status == null ? null : status.name();
    }
}

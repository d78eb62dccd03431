package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import jakarta.persistence.EntityManager;
import jakarta.persistence.LockModeType;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Propagation;
import org.springframework.transaction.annotation.Transactional;

/** VMs: desired state by JPA, whole VMs by SQL. */
@Service
@Transactional
class StoredVms implements Vms {

    private static final String NAME_CONSTRAINT = "vm_name_key";

    private final EntityManager entities;
    private final JdbcClient jdbc;
    private final EventPublisher events;
    private final InstantSource clock;

    StoredVms(EntityManager entities, JdbcClient jdbc, EventPublisher events, InstantSource clock) {
        this.entities = entities;
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
    public List<Vm> all() {
        return jdbc.sql("SELECT " + Rows.VM_COLUMNS + " FROM " + Rows.VM_TABLES + " ORDER BY v.name")
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
        requireNameFree(vm.name(), vm.id());
        Instant now = clock.instant();
        entities.persist(new VmEntity(vm, now));
        Names.flush(entities, "VM", vm.name(), NAME_CONSTRAINT);
        jdbc.sql("INSERT INTO vm_observed (vm_id, status, status_since) VALUES (:id, :status, :now)")
                .param("id", vm.id())
                .param("status", VmStatus.DOWN.name())
                .param("now", now.atOffset(ZoneOffset.UTC))
                .update();
        return changed(vm.id());
    }

    @Override
    public Vm update(UUID vmId, long expectedVersion, VmChange change) {
        VmRules.check(change);
        VmEntity vm = lock(vmId);
        requireVersion(vm, expectedVersion);
        if (require(vmId).external()) {
            throw Vms.external(vm.name());
        }
        if (vm.changesHardware(change) && require(vmId).status() != VmStatus.DOWN) {
            throw new MesetaException(
                    ErrorCode.VM_RUNNING,
                    "CPUs and memory of %s can only be changed while it is down; stop it first.".formatted(vm.name()));
        }
        if (change.name() != null && !change.name().equals(vm.name())) {
            requireNameFree(change.name(), vmId);
        }
        vm.apply(change);
        Names.flush(entities, "VM", vm.name(), NAME_CONSTRAINT);
        return changed(vmId);
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
        lock(vmId).setDesiredPower(power);
        entities.flush();
        events.publish(EventDraft.changed("vm", vmId));
    }

    @Override
    public void setActivity(UUID vmId, @Nullable VmStatus activity) {
        if (lock(vmId).setActivity(activity)) {
            entities.flush();
            events.publish(EventDraft.changed("vm", vmId));
        }
    }

    @Override
    public void setHost(UUID vmId, @Nullable UUID hostId) {
        if (lock(vmId).setHostId(hostId)) {
            entities.flush();
            events.publish(EventDraft.changed("vm", vmId));
        }
    }

    @Override
    public void remove(UUID vmId) {
        entities.remove(lock(vmId));
        entities.flush();
        events.publish(EventDraft.changed("vm", vmId));
    }

    private Vm changed(UUID vmId) {
        events.publish(EventDraft.changed("vm", vmId));
        return require(vmId);
    }

    /** The row as it is now, and nobody else changes it until the transaction ends. */
    private VmEntity lock(UUID vmId) {
        VmEntity vm = entities.find(VmEntity.class, vmId, LockModeType.PESSIMISTIC_WRITE);
        if (vm == null) {
            throw Problems.notFound("VM", vmId);
        }
        return vm;
    }

    private static void requireVersion(VmEntity vm, long expected) {
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

    private void requireNameFree(String name, UUID vmId) {
        boolean taken = jdbc.sql("SELECT count(*) FROM vm WHERE name = :name AND id <> :id")
                        .param("name", name)
                        .param("id", vmId)
                        .query(Long.class)
                        .single()
                > 0;
        if (taken) {
            throw Names.taken("VM", name);
        }
    }
}

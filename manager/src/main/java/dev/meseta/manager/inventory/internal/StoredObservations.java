package dev.meseta.manager.inventory.internal;

import dev.meseta.manager.audit.Audit;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.MissingVms;
import dev.meseta.manager.inventory.Observations;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmObserved;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.EventPublisher.Severity;
import dev.meseta.manager.shared.UuidGenerator;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationEventPublisher;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Writes observations. Each report is a transaction of its own; {@link VmObserved} is published when that has ended, so that
 * listeners may do as they like.
 */
@Service
class StoredObservations implements Observations, MissingVms {

    private static final Logger LOG = LoggerFactory.getLogger(StoredObservations.class);

    private final JdbcClient jdbc;
    private final ObservedRows rows;
    private final HostObservations hosts;
    private final ExternalVms externals;
    private final EventPublisher events;
    private final Audit audit;
    private final UuidGenerator ids;
    private final ApplicationEventPublisher listeners;
    private final InstantSource clock;
    private final TransactionTemplate transaction;

    StoredObservations(
            JdbcClient jdbc,
            HostObservations hosts,
            ExternalVms externals,
            EventPublisher events,
            Audit audit,
            UuidGenerator ids,
            ApplicationEventPublisher listeners,
            InstantSource clock,
            PlatformTransactionManager transactions) {
        this.jdbc = jdbc;
        this.rows = new ObservedRows(jdbc);
        this.hosts = hosts;
        this.externals = externals;
        this.events = events;
        this.audit = audit;
        this.ids = ids;
        this.listeners = listeners;
        this.clock = clock;
        this.transaction = new TransactionTemplate(transactions);
        this.transaction.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    @Override
    public void hostDescribed(UUID hostId, HostReport report) {
        Optional<RefusedAddresses> refused = transaction.execute(status -> hosts.described(hostId, report));
        if (refused != null) {
            refused.ifPresent(claim -> audit.record(claim.record(ids.next().toString())));
        }
    }

    @Override
    public void hostStatus(UUID hostId, HostStatus status, String reason) {
        transaction.executeWithoutResult(ignored -> hosts.status(hostId, status, reason));
    }

    @Override
    public void domain(UUID hostId, DomainObservation observation) {
        observe(changes -> {
            Optional<ObservedVm> known = rows.lock(observation.vmId());
            if (isOfKnownInstance(known, hostId, observation) || isOfPresentInstance(hostId, observation)) {
                seen(known, hostId, observation, changes);
            }
        });
    }

    /** What is known of the VM was said by the same agent: then sequence numbers tell what is old. */
    private static boolean isOfKnownInstance(Optional<ObservedVm> known, UUID hostId, DomainObservation observation) {
        return known.filter(vm -> vm.isOn(hostId)
                        && vm.status() != VmStatus.UNKNOWN
                        && observation.agentInstanceId().equals(vm.agentInstanceId()))
                .isPresent();
    }

    private void seen(Optional<ObservedVm> known, UUID hostId, DomainObservation observation, Changes changes) {
        known.or(() -> externals.adopt(hostId, observation))
                .ifPresent(before -> change(
                        before, VmObservationRules.apply(before, hostId, observation), observation.reason(), changes));
    }

    /** An agent says who it is before it says anything else; what an earlier one said is old. */
    private boolean isOfPresentInstance(UUID hostId, DomainObservation observation) {
        boolean present = jdbc.sql("""
                        SELECT agent_instance_id IS NULL OR agent_instance_id = :instance
                        FROM host_observed WHERE host_id = :host""")
                .param("instance", observation.agentInstanceId())
                .param("host", hostId)
                .query(Boolean.class)
                .optional()
                .orElse(false);
        if (!present) {
            LOG.warn(
                    "Host {}: what its former agent {} said of VM {} comes too late",
                    hostId,
                    observation.agentInstanceId(),
                    observation.vmId());
        }
        return present;
    }

    @Override
    public void snapshot(UUID hostId, List<DomainObservation> domains) {
        observe(changes -> {
            if (!domains.isEmpty() && !isOfPresentInstance(hostId, domains.getFirst())) {
                return;
            }
            Set<UUID> listed = domains.stream().map(DomainObservation::vmId).collect(Collectors.toUnmodifiableSet());
            Map<UUID, ObservedVm> known = rows.lock(listed, hostId);
            for (DomainObservation observation : domains) {
                seen(Optional.ofNullable(known.get(observation.vmId())), hostId, observation, changes);
            }
            known.values().stream()
                    .filter(vm -> !listed.contains(vm.vmId()))
                    .forEach(before -> change(
                            before, VmObservationRules.missing(before, hostId), VmObservationRules.NOT_FOUND, changes));
        });
    }

    @Override
    public void hostLost(UUID hostId, String reason) {
        observe(changes -> rows.lock(Set.of(), hostId)
                .values()
                .forEach(before ->
                        change(before, VmObservationRules.hostLost(before, hostId, reason), reason, changes)));
    }

    @Override
    public List<Vm> since(Instant latest) {
        return jdbc.sql("SELECT " + Rows.VM_COLUMNS + " FROM " + Rows.VM_TABLES
                        + " WHERE o.missing_since <= :latest ORDER BY v.id")
                .param("latest", latest.atOffset(ZoneOffset.UTC))
                .query((row, number) -> Rows.vm(row))
                .list();
    }

    @Override
    public void confirm(UUID vmId, UUID hostId) {
        observe(changes -> rows.lock(vmId)
                .ifPresent(before -> change(
                        before,
                        VmObservationRules.confirmedMissing(before, hostId),
                        VmObservationRules.NOT_FOUND,
                        changes)));
    }

    @Override
    public void found(UUID vmId, UUID hostId, VmStatus status) {
        observe(changes -> rows.lock(vmId)
                .ifPresent(before -> change(before, VmObservationRules.found(before, hostId, status), "", changes)));
    }

    @Override
    public List<Vm> misplaced(Instant latest) {
        return jdbc.sql("SELECT " + Rows.VM_COLUMNS + " FROM " + Rows.VM_TABLES
                        + " WHERE o.host_id <> v.host_id AND o.status NOT IN ('DOWN', 'UNKNOWN')"
                        + " AND v.activity IS NULL AND NOT v.external AND o.status_since <= :latest"
                        // A VM that moves keeps its status: what was said of it lately may still be on its way.
                        + " AND (o.observed_at IS NULL OR o.observed_at <= :latest) ORDER BY v.id")
                .param("latest", latest.atOffset(ZoneOffset.UTC))
                .query((row, number) -> Rows.vm(row))
                .list();
    }

    @Override
    public void isNotAt(UUID vmId, UUID hostId) {
        observe(changes -> rows.lock(vmId)
                .filter(before -> before.activity() == null)
                .ifPresent(before -> change(
                        before, VmObservationRules.missing(before, hostId), VmObservationRules.NOT_FOUND, changes)));
    }

    private void observe(Consumer<Changes> work) {
        Changes changes = new Changes();
        transaction.executeWithoutResult(status -> {
            work.accept(changes);
            rows.write(changes.rows, clock.instant());
        });
        changes.visible.forEach(listeners::publishEvent);
    }

    private void change(ObservedVm before, Optional<ObservedVm> after, String reason, Changes changes) {
        if (after.isEmpty()) {
            return;
        }
        ObservedVm now = after.get();
        if (now.external() && now.status() == VmStatus.DOWN) {
            externals.forget(now.vmId());
        } else {
            changes.rows.add(now);
            if (now.showsSameAs(before)) {
                return;
            }
            events.publish(event(now));
        }
        changes.visible.add(new VmObserved(now.vmId(), before.status(), now.status(), reason, now.hostId()));
    }

    /** What one report changes: rows to be written together, and what listeners are told when they are. */
    private static final class Changes {

        final List<ObservedVm> rows = new ArrayList<>();
        final List<VmObserved> visible = new ArrayList<>();
    }

    private static EventDraft event(ObservedVm now) {
        Severity severity =
                now.status() == VmStatus.UNKNOWN || now.reason().equals("CRASHED") ? Severity.WARNING : Severity.INFO;
        Map<String, Object> data = now.hostId() == null
                ? Map.of("status", now.status().name())
                : Map.of("status", now.status().name(), "hostId", now.hostId().toString());
        return new EventDraft(EventKind.VM_CHANGED.text(), "vm", now.vmId(), severity, "", now.reason(), data);
    }
}

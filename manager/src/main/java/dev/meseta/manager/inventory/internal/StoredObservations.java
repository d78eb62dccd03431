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
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
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

    private static final String OBSERVED_COLUMNS = """
            SELECT o.vm_id, v.host_id AS placed_host_id, v.activity, o.status, o.status_reason, o.host_id,
                o.agent_instance_id, o.sequence, o.observed_at, v.external
            FROM vm_observed o JOIN vm v ON v.id = o.vm_id""";

    private final JdbcClient jdbc;
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
            if (isOfPresentInstance(hostId, observation)) {
                seen(hostId, observation, changes);
            }
        });
    }

    private void seen(UUID hostId, DomainObservation observation, List<VmObserved> changes) {
        locked(observation.vmId())
                .or(() -> externals.adopt(hostId, observation))
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
            for (DomainObservation observation : domains) {
                seen(hostId, observation, changes);
            }
            Set<UUID> listed = domains.stream().map(DomainObservation::vmId).collect(Collectors.toUnmodifiableSet());
            changeAllOn(
                    hostId,
                    before -> listed.contains(before.vmId())
                            ? Optional.empty()
                            : VmObservationRules.missing(before, hostId),
                    VmObservationRules.NOT_FOUND,
                    changes);
        });
    }

    @Override
    public void hostLost(UUID hostId, String reason) {
        observe(changes ->
                changeAllOn(hostId, before -> VmObservationRules.hostLost(before, hostId, reason), reason, changes));
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
        observe(changes -> locked(vmId)
                .ifPresent(before -> change(
                        before,
                        VmObservationRules.confirmedMissing(before, hostId),
                        VmObservationRules.NOT_FOUND,
                        changes)));
    }

    private void observe(Consumer<List<VmObserved>> work) {
        List<VmObserved> changes = new ArrayList<>();
        transaction.executeWithoutResult(status -> work.accept(changes));
        changes.forEach(listeners::publishEvent);
    }

    private void changeAllOn(
            UUID hostId, Function<ObservedVm, Optional<ObservedVm>> rule, String reason, List<VmObserved> changes) {
        List<ObservedVm> there = jdbc.sql(
                        OBSERVED_COLUMNS + " WHERE o.host_id = :hostId ORDER BY o.vm_id FOR UPDATE OF o")
                .param("hostId", hostId)
                .query((row, number) -> observed(row))
                .list();
        for (ObservedVm before : there) {
            change(before, rule.apply(before), reason, changes);
        }
    }

    private void change(ObservedVm before, Optional<ObservedVm> after, String reason, List<VmObserved> changes) {
        if (after.isEmpty()) {
            return;
        }
        ObservedVm now = after.get();
        boolean visible = !now.showsSameAs(before);
        if (now.external() && now.status() == VmStatus.DOWN) {
            externals.forget(now.vmId());
            changes.add(new VmObserved(now.vmId(), before.status(), now.status(), reason, now.hostId()));
            return;
        }
        Instant at = clock.instant();
        jdbc.sql("""
                        UPDATE vm_observed SET status = :status, status_reason = :reason, host_id = :hostId,
                            status_since = CASE WHEN status = :status THEN status_since ELSE :now END,
                            agent_instance_id = :instance, sequence = :sequence, observed_at = :observedAt,
                            missing_since = CASE WHEN :missing THEN coalesce(missing_since, :now) END
                        WHERE vm_id = :vmId""")
                .param("status", now.status().name())
                .param("reason", now.reason())
                .param("hostId", now.hostId())
                .param("now", at.atOffset(ZoneOffset.UTC))
                .param("instance", now.agentInstanceId())
                .param("sequence", now.sequence())
                .param("observedAt", utc(now.observedAt()))
                .param("missing", now.isMissing())
                .param("vmId", now.vmId())
                .update();
        if (visible) {
            events.publish(event(now));
            changes.add(new VmObserved(now.vmId(), before.status(), now.status(), reason, now.hostId()));
        }
    }

    private static EventDraft event(ObservedVm now) {
        Severity severity =
                now.status() == VmStatus.UNKNOWN || now.reason().equals("CRASHED") ? Severity.WARNING : Severity.INFO;
        Map<String, Object> data = now.hostId() == null
                ? Map.of("status", now.status().name())
                : Map.of("status", now.status().name(), "hostId", now.hostId().toString());
        return new EventDraft(EventKind.VM_CHANGED.text(), "vm", now.vmId(), severity, "", now.reason(), data);
    }

    private Optional<ObservedVm> locked(UUID vmId) {
        return jdbc.sql(OBSERVED_COLUMNS + " WHERE o.vm_id = :vmId FOR UPDATE OF o")
                .param("vmId", vmId)
                .query((row, number) -> observed(row))
                .optional();
    }

    private static ObservedVm observed(ResultSet row) throws SQLException {
        return new ObservedVm(
                Rows.uuid(row, "vm_id"),
                Rows.optionalUuid(row, "placed_host_id"),
                Rows.status(row.getString("activity")),
                VmStatus.valueOf(row.getString("status")),
                row.getString("status_reason"),
                Rows.optionalUuid(row, "host_id"),
                row.getString("agent_instance_id"),
                row.getLong("sequence"),
                Rows.optionalInstant(row, "observed_at"),
                row.getBoolean("external"));
    }

    private static @Nullable OffsetDateTime utc(@Nullable Instant instant) {
        return instant == null ? null : instant.atOffset(ZoneOffset.UTC);
    }
}

package dev.meseta.agent.hypervisor.simulated;

import dev.meseta.agent.hypervisor.DomainDefinition;
import dev.meseta.agent.hypervisor.DomainEventDispatcher;
import dev.meseta.agent.hypervisor.DomainReason;
import dev.meseta.agent.hypervisor.DomainState;
import dev.meseta.agent.hypervisor.DomainStatus;
import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/** The domains of one simulated host, and the news of them. Guarded by the fabric's lock. */
final class SimulatedDomains {

    private final SimulatedHost host;
    private final DomainEventDispatcher events;
    private final RunRecord record;
    private final Map<UUID, SimulatedDomain> domains = new LinkedHashMap<>();

    SimulatedDomains(SimulatedHost host, DomainEventDispatcher events, RunRecord record) {
        this.host = host;
        this.events = events;
        this.record = record;
    }

    /** From now on it is recorded which guests are here. */
    void record() {
        domains.values().forEach(this::record);
    }

    private void record(SimulatedDomain domain) {
        record.holds(domain.definition.vmId(), host.hostname(), domain.holdsGuest());
    }

    private void recordEnd(SimulatedDomain domain) {
        domain.closeSerialPorts();
        record.holds(domain.definition.vmId(), host.hostname(), false);
    }

    List<DomainStatus> statuses() {
        return domains.values().stream().map(SimulatedDomain::status).toList();
    }

    Collection<SimulatedDomain> all() {
        return domains.values();
    }

    Optional<SimulatedDomain> find(UUID vmId) {
        return Optional.ofNullable(domains.get(vmId));
    }

    boolean holds(SimulatedDomain domain) {
        return domains.get(domain.definition.vmId()) == domain;
    }

    /** @throws HypervisorException DOMAIN_NOT_FOUND */
    SimulatedDomain here(UUID vmId) {
        return find(vmId)
                .orElseThrow(() -> new HypervisorException(
                        Code.DOMAIN_NOT_FOUND, "domain " + vmId + " is not on " + host.hostname()));
    }

    /** @throws HypervisorException when it is not here, not Meseta's or has not arrived */
    SimulatedDomain active(UUID vmId) {
        SimulatedDomain domain = here(vmId);
        refuseIfExternal(domain);
        if (domain.state == DomainState.INCOMING) {
            throw new HypervisorException(Code.DOMAIN_NOT_RUNNING, "domain " + vmId + " has not arrived yet");
        }
        return domain;
    }

    /** @throws HypervisorException MIGRATION_NOT_RUNNING */
    SimulatedMigration outgoing(UUID vmId) {
        return outgoing(here(vmId))
                .orElseThrow(() -> new HypervisorException(
                        Code.MIGRATION_NOT_RUNNING, "domain " + vmId + " is not being migrated away"));
    }

    static Optional<SimulatedMigration> outgoing(SimulatedDomain domain) {
        return Optional.ofNullable(domain.migration).filter(migration -> migration.isSource(domain));
    }

    static void refuseIfExternal(SimulatedDomain domain) {
        if (domain.external) {
            throw new HypervisorException(
                    Code.NOT_SUPPORTED, "domain " + domain.definition.vmId() + " is not Meseta's");
        }
    }

    void refuseIfHere(UUID vmId, Code code) {
        if (domains.containsKey(vmId)) {
            throw new HypervisorException(code, "domain " + vmId + " is on " + host.hostname() + " already");
        }
    }

    void refuseIfTooLarge(DomainDefinition definition, Code code) {
        long used = domains.values().stream()
                .mapToLong(domain -> domain.definition.memoryBytes())
                .sum();
        if (definition.memoryBytes() > host.memoryBytes() - used) {
            throw new HypervisorException(
                    code,
                    "domain " + definition.vmId() + " needs " + definition.memoryBytes() + " bytes of memory, "
                            + host.hostname() + " has " + (host.memoryBytes() - used) + " left");
        }
    }

    void put(SimulatedDomain domain) {
        domains.put(domain.definition.vmId(), domain);
        record(domain);
        events.publish(domain.status());
    }

    void change(SimulatedDomain domain, DomainState state, DomainReason reason) {
        domain.state = state;
        domain.reason = reason;
        record(domain);
        events.publish(domain.status());
    }

    /** Takes it off this host and leaves its migration alone. */
    void drop(SimulatedDomain domain, DomainReason reason) {
        if (domains.remove(domain.definition.vmId(), domain)) {
            recordEnd(domain);
            publishGone(domain.status(), reason);
        }
    }

    /** Takes it off this host; a migration it takes part in hears of it. */
    void end(SimulatedDomain domain, DomainReason reason) {
        drop(domain, reason);
        if (domain.migration != null) {
            domain.migration.lost(domain);
        }
    }

    /** All end at once and nobody here is told. */
    void loseAll() {
        List<SimulatedDomain> lost = List.copyOf(domains.values());
        domains.clear();
        for (SimulatedDomain domain : lost) {
            recordEnd(domain);
            if (domain.migration != null) {
                domain.migration.lost(domain);
            }
        }
    }

    /** Tells what {@link #loseAll} did not. */
    void announceLoss() {
        events.known().forEach(known -> publishGone(known, DomainReason.CRASHED));
    }

    private void publishGone(DomainStatus status, DomainReason reason) {
        events.publish(new DomainStatus(
                status.vmId(),
                status.name(),
                DomainState.GONE,
                reason,
                status.vcpus(),
                status.memoryBytes(),
                status.external()));
    }
}

package dev.meseta.manager.inventory;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The only way observations enter the inventory; called by {@code agents}. A report with a lower sequence of the same
 * agent instance than one already stored is dropped, and so is one of another instance than the host's present one.
 */
public interface Observations {

    /**
     * The agent described its host. Addresses other than those the host enrolled with are not taken over: a condition of
     * the host, an event and an audit record tell of the claim.
     */
    void hostDescribed(UUID hostId, HostReport report);

    /** The connection or the administrator's wish changed the host's state. */
    void hostStatus(UUID hostId, HostStatus status, String reason);

    /**
     * One domain changed on a host. RUNNING there moves the VM's observed host; GONE counts only for the host where the
     * VM was last observed, and not at all when it left by migration.
     */
    void domain(UUID hostId, DomainObservation observation);

    /**
     * Every domain there is on a host, at one moment. A VM last observed there and not listed is missing: UNKNOWN (reason
     * "not found on its host") at the host it is meant to be on, until {@link MissingVms} says that it is down, or it turns
     * up; DOWN at once when a task is stopping it. Domains that are no VM of the inventory are taken in as external.
     */
    void snapshot(UUID hostId, List<DomainObservation> domains);

    /** The host cannot be reached: its VMs become UNKNOWN. */
    void hostLost(UUID hostId, String reason);

    /** What a host said of itself. */
    record HostReport(
            String bootId,
            String agentInstanceId,
            long sequence,
            Instant observedAt,
            String agentVersion,
            String hostname,
            String kernelVersion,
            String libvirtVersion,
            String qemuVersion,
            int cpus,
            String cpuModel,
            long memoryBytes,
            String acceleration,
            List<String> capabilities,
            List<Host.Condition> conditions,
            String agentAddress,
            String migrationAddress) {}

    /**
     * What a host said of one domain.
     *
     * @param external whether the host says that Meseta did not make it
     * @param name as its hypervisor calls it; empty when it is not known
     */
    record DomainObservation(
            UUID vmId,
            DomainState state,
            String reason,
            boolean external,
            String agentInstanceId,
            long sequence,
            Instant observedAt,
            String name,
            int vcpus,
            long memoryBytes) {

        /** Of a domain whose size does not matter. */
        public DomainObservation(
                UUID vmId,
                DomainState state,
                String reason,
                boolean external,
                String agentInstanceId,
                long sequence,
                Instant observedAt) {
            this(vmId, state, reason, external, agentInstanceId, sequence, observedAt, "", 0, 0);
        }
    }

    /** State of a domain on one host. */
    enum DomainState {
        STARTING,
        RUNNING,
        PAUSED,
        SHUTTING_DOWN,
        INCOMING,
        GONE
    }
}

package dev.meseta.manager.inventory;

import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * The only way observations enter the inventory; called by {@code agents}. A report with a lower sequence of the same
 * agent instance than one already stored is dropped.
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
     * Every domain there is on a host, at one moment. VMs last observed there and not listed become DOWN (reason
     * "not found on its host"), or UNKNOWN while they migrate or when they are meant to be elsewhere.
     */
    void snapshot(UUID hostId, List<DomainObservation> domains);

    /**
     * The host was asked for this VM, which was last observed there, and does not have it: as if a snapshot had not listed
     * it. Nothing happens while a task works on the VM.
     */
    void absent(UUID hostId, UUID vmId);

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

    /** What a host said of one domain. */
    record DomainObservation(
            UUID vmId,
            DomainState state,
            String reason,
            boolean external,
            String agentInstanceId,
            long sequence,
            Instant observedAt) {}

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

package dev.meseta.manager.placement;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Decides where a VM goes and holds the capacity for it. */
public interface Placement {

    /**
     * Ranks all hosts of a cluster for a VM, best first, with the reasons for each that does not fit; commits nothing. */
    Decision evaluate(PlacementRequest request);

    /**
     * Chooses the best host (or checks the required one), verifies it against the current reservations and reserves, all
     * in one transaction (joins the caller's). A reservation the VM already has there is kept.
     *
     * @throws dev.meseta.manager.shared.MesetaException NO_SUITABLE_HOST or NOT_ENOUGH_CAPACITY, with every host's reasons
     */
    UUID reserve(PlacementRequest request, @Nullable UUID taskId);

    /** Gives a VM's reservation on one host back; no effect when there is none. */
    void release(UUID vmId, UUID hostId);

    /** Gives all reservations of a VM back. */
    void releaseAll(UUID vmId);

    /** Capacity promised on a host. */
    Reserved reservedOn(UUID hostId);

    /**
     * @param requiredHostId only this host will do
     * @param excludedHostId this one will not (the source of a migration)
     */
    record PlacementRequest(
            Optional<UUID> vmId,
            UUID clusterId,
            int vcpus,
            long memoryBytes,
            Optional<UUID> requiredHostId,
            Optional<UUID> excludedHostId) {}

    /** Candidates in the order of preference: accepted by falling score, then rejected. */
    record Decision(List<Candidate> candidates) {

        public Optional<Candidate> best() {
            return candidates.stream().filter(Candidate::accepted).findFirst();
        }
    }

    /**
     * @param score 0 to 100, only for accepted ones
     * @param reasons why not, or what the score is made of
     */
    record Candidate(UUID hostId, String hostName, boolean accepted, double score, List<Reason> reasons) {}

    /** A stable code and a sentence. */
    record Reason(String code, String message) {}

    record Reserved(int vcpus, long memoryBytes, int vms) {}
}

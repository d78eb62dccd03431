package dev.meseta.lab.faults;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * All that the checker judges by: what clients asked and were told, what hosts really did, and how everything is in the end.
 *
 * @param requests every request of the run
 * @param tasks every task there is, the manager's own too
 * @param runs when each guest was on which host
 * @param resets when each guest was made to boot again
 * @param vms VMs as the API shows them, with what only the database knows
 * @param guests which guests hosts have now, past every fault
 * @param held what VMs hold
 */
record Evidence(
        List<Request> requests,
        List<Task> tasks,
        List<Run> runs,
        List<Reset> resets,
        List<Vm> vms,
        List<Guest> guests,
        Held held) {

    /**
     * One thing a client wanted; sending it again is part of it.
     *
     * @param key its idempotency key, which is also its correlation id
     * @param vmId empty for a VM to be made
     * @param status of the answer at last; 0: there was none
     * @param code of a refusal
     * @param taskId when it was accepted
     */
    record Request(
            String key,
            int client,
            Verb verb,
            String vmName,
            Optional<UUID> vmId,
            int status,
            String code,
            Optional<UUID> taskId) {

        boolean accepted() {
            return status == 202;
        }
    }

    /** One task. */
    record Task(UUID id, String kind, String state, String phase, UUID targetId, String correlationId) {

        boolean ended() {
            return state.equals("SUCCEEDED") || state.equals("FAILED") || state.equals("CANCELLED");
        }

        boolean succeeded() {
            return state.equals("SUCCEEDED");
        }
    }

    /** A guest was on a host; {@link Long#MAX_VALUE}: it still is. */
    record Run(UUID vmId, String host, long beginNanos, long endNanos) {}

    record Reset(UUID vmId, String host, long atNanos) {}

    /**
     * One VM.
     *
     * @param status as people see it
     * @param host where it is said to be; empty: nowhere
     * @param activity what a task does to it; empty: nothing
     * @param wanted RUNNING or STOPPED
     * @param crashLoop it went down so often that it is left down
     */
    record Vm(
            UUID id,
            String name,
            String status,
            Optional<String> host,
            String activity,
            String wanted,
            boolean crashLoop) {}

    /** A guest on a host: RUNNING, PAUSED or INCOMING. */
    record Guest(UUID vmId, String host, String state) {}

    /**
     * What VMs hold.
     *
     * @param disks id of the disk and of its VM, as the database knows them
     * @param disksOnStorage ids of those that are really there
     * @param nics id and VM
     * @param addresses ids of the network cards that addresses are given to
     */
    record Held(
            List<Owned> disks,
            Set<UUID> disksOnStorage,
            List<Owned> nics,
            List<UUID> addresses,
            List<Reservation> reservations) {}

    record Owned(UUID id, UUID vmId) {}

    record Reservation(UUID vmId, String host) {}
}

package dev.meseta.manager.membership;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/** The managers of this installation as people see them; those that ended are remembered for a day. */
public interface Managers {

    /**
     * The latest life of every manager.
     *
     * @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST
     */
    Page<Manager> list(ListRequest request);

    /**
     * The hosts whose watch a manager owns, by name.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND when there was no such manager lately
     */
    List<WatchedHost> watchedBy(UUID managerId);

    /** Tells the others where agents find this manager: host:port. */
    void agentsFindThisAt(String address);

    /** Where agents find the living managers, as far as they have said so. */
    List<String> agentAddresses();

    /** How a manager fares. */
    enum ManagerState {
        /** It renews its lease. */
        LIVING,
        /** Its lease has run out, and nobody has fenced it yet. */
        SILENT,
        /** It ended in order. */
        STOPPED,
        /** Others ended its life because it did not renew its lease in time. */
        FENCED
    }

    /** @param connected whether the watch is complete: what the host says is heard */
    record WatchedHost(UUID id, String name, boolean connected) {}

    /**
     * One manager.
     *
     * @param answering whether it is the one that answers this request
     * @param url of its page and REST API; empty before it has answered for the first time
     * @param agentAddress host:port where agents enrol and renew; empty as long as it is not known
     * @param lives how often it was started
     * @param startedAt of its latest life
     * @param lastSeenAt when it renewed its lease last
     * @param term what it commands hosts with
     * @param hostsWatched hosts whose watch it owns
     * @param hostsConnected those of them whose watch is complete
     */
    record Manager(
            UUID id,
            String name,
            ManagerState state,
            boolean answering,
            String url,
            String agentAddress,
            long lives,
            Instant startedAt,
            Instant lastSeenAt,
            long term,
            int hostsWatched,
            int hostsConnected) {}
}

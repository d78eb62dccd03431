package dev.meseta.manager.flows;

import dev.meseta.manager.agents.FlowSource;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListRequest;
import io.swagger.v3.oas.annotations.media.Schema;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Who talks to whom, as far as the actor may see it: conversations with at least one VM whose traffic they may see. Of the
 * other end only the address is told unless they may see that VM too. Every conversation is counted once: by what its client's
 * vNIC saw, or by what its server's saw where the client's saw nothing of it in the range.
 */
public interface Flows {

    /**
     * Conversations of a range, those with the most bytes first unless asked otherwise.
     *
     * @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST, also for all below
     */
    FlowPage conversations(FlowQuery query, ListRequest list);

    /** Calls for every conversation of a range, in no order, without holding all of them in memory. */
    void export(FlowQuery query, Consumer<Conversation> each);

    /** VMs with the most bytes sent and received. */
    FlowRanking<Talker> topTalkers(FlowQuery query, int limit);

    /** Sums by client and server, those with the most bytes first. */
    FlowRanking<Cell> matrix(FlowQuery query, Grouping by, int limit);

    /** Sums by bucket, oldest first; buckets without traffic are left out. */
    FlowTimeline timeline(FlowQuery query);

    /**
     * Whom a VM talks to.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND, FORBIDDEN
     */
    FlowRanking<Peer> peers(UUID vmId, FlowQuery query, int limit);

    /** Conversations of pairs of client and server of which nothing older is kept, newest first. */
    Page<NewConversation> newSince(Instant since, ListRequest list);

    /** What each host whose traffic the actor may see could not tell, or could not be understood, in a range. */
    List<HostLosses> losses(@Nullable Instant from, @Nullable Instant to);

    /** Length of a bucket. */
    @Schema(name = "FlowResolution")
    enum Resolution {
        MINUTE,
        HOUR,
        DAY
    }

    @Schema(name = "FlowDirection")
    enum Direction {
        /** Between VMs. */
        EAST_WEST,
        /** Between a VM and something outside. */
        NORTH_SOUTH,
        /** To a group of receivers, or to all on the network. */
        BROADCAST
    }

    /** Who saw a conversation. */
    @Schema(name = "FlowObservedAt")
    enum ObservedAt {
        CLIENT,
        SERVER,
        BOTH
    }

    @Schema(name = "FlowGrouping")
    enum Grouping {
        VM,
        /** The first of a VM's tags, in alphabetical order. */
        TAG
    }

    @Schema(name = "FlowEndKind")
    enum EndKind {
        VM,
        OUTSIDE,
        GROUP
    }

    /**
     * One end of a conversation.
     *
     * @param vmId null: it is no VM, or one that the caller may not see
     * @param name of the VM, its last one when it was deleted; null as {@code vmId}
     * @param deleted the VM is there no more
     * @param address IP address, else MAC address; null: neither was seen
     */
    @Schema(name = "FlowEnd")
    record End(
            EndKind kind,
            @Nullable UUID vmId,
            @Nullable String name,
            boolean deleted,
            @Nullable String address) {}

    /**
     * Sums. Requests go from client to server.
     *
     * @param connections TCP connections begun
     * @param resets reports with a TCP reset in them
     * @param retransmissions segments with data sent again
     * @param handshakes whose time from SYN to SYN+ACK was seen
     * @param handshakeMicroseconds their average; null without any, as are the next two
     */
    @Schema(name = "FlowSums")
    record Sums(
            long bytes,
            long requestBytes,
            long requestPackets,
            long responseBytes,
            long responsePackets,
            long connections,
            long resets,
            long retransmissions,
            long handshakes,
            @Nullable Long handshakeMicroseconds,
            @Nullable Long handshakeMinMicroseconds,
            @Nullable Long handshakeMaxMicroseconds) {}

    /**
     * Everything between two ends over one protocol and server port, in a range.
     *
     * @param vlanId 0: untagged
     * @param serverPort of ICMP the type; 0 where there are no ports
     */
    @Schema(name = "FlowConversation")
    record Conversation(
            UUID id,
            UUID networkId,
            @Nullable String networkName,
            int vlanId,
            String protocol,
            int serverPort,
            Direction direction,
            End client,
            End server,
            ObservedAt observedAt,
            Sums sums,
            Instant firstSeen,
            Instant lastSeen) {}

    /**
     * One page.
     *
     * @param from as it was searched, to whole buckets; ask for the next page with it
     */
    record FlowPage(
            List<Conversation> items, @Nullable String nextCursor, Instant from, Instant to, Resolution resolution) {
        public FlowPage {
            items = List.copyOf(items);
        }
    }

    /** The first of an order; {@code more} tells that there are others. */
    record FlowRanking<T>(List<T> items, boolean more, Instant from, Instant to, Resolution resolution) {
        public FlowRanking {
            items = List.copyOf(items);
        }
    }

    @Schema(name = "FlowTalker")
    record Talker(End vm, long sentBytes, long receivedBytes, long bytes, long conversations) {}

    /**
     * Traffic from one client, or group of them, to one server.
     *
     * @param client of groups only the name: a tag, or null for VMs without any
     */
    @Schema(name = "FlowCell")
    record Cell(End client, End server, long requestBytes, long responseBytes, long bytes, long conversations) {}

    /**
     * One that a VM talks to.
     *
     * @param services protocols and server ports, e.g. TCP/443; at most ten
     * @param asClient conversations in which the VM is the client
     */
    @Schema(name = "FlowPeer")
    record Peer(
            End peer,
            long sentBytes,
            long receivedBytes,
            long bytes,
            long conversations,
            long asClient,
            List<String> services,
            Instant firstSeen,
            Instant lastSeen) {
        public Peer {
            services = List.copyOf(services);
        }
    }

    record FlowTimeline(List<Point> points, Instant from, Instant to, Resolution resolution) {
        public FlowTimeline {
            points = List.copyOf(points);
        }
    }

    /** Sums of the bucket that begins at a moment. */
    @Schema(name = "FlowPoint")
    record Point(Instant at, long conversations, Sums sums) {}

    /** A conversation of a pair that was not seen before. */
    @Schema(name = "FlowNewConversation")
    record NewConversation(
            UUID id,
            UUID networkId,
            @Nullable String networkName,
            String protocol,
            int serverPort,
            Direction direction,
            End client,
            End server,
            Instant firstSeen,
            Instant lastSeen) {}

    /**
     * How complete a host's flows are.
     *
     * @param sourceSince since when it is that source
     * @param takenAt of its last batch, by its own clock; null: nothing has come yet
     * @param storedAt of its last batch, by the manager's clock
     * @param records that were taken in
     * @param packetsWithoutRoom whose flow found no room at the host
     * @param packetsUnreadable at the host
     * @param recordsDropped at the agent, because nobody took them in time
     * @param recordsRefused that made no sense
     * @param recordsUnresolved of vNICs that this installation does not have, or has on another host
     * @param recordsLate older than sums of minutes are kept
     * @param recordsAhead of the future by the host's clock; they are counted as of now
     */
    record HostLosses(
            UUID hostId,
            String hostName,
            FlowSource source,
            Instant sourceSince,
            @Nullable Instant takenAt,
            @Nullable Instant storedAt,
            long records,
            long packetsWithoutRoom,
            long packetsUnreadable,
            long recordsDropped,
            long recordsRefused,
            long recordsUnresolved,
            long recordsLate,
            long recordsAhead) {}
}

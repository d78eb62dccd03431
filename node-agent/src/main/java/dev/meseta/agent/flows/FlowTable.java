package dev.meseta.agent.flows;

import java.util.Collection;
import java.util.Map;
import java.util.Optional;

/**
 * Where the datapath counts, and what an agent notes there so that its next life knows what it told already. All of it
 * outlives the agent. For one thread.
 */
public interface FlowTable {

    /** Its clock: nanoseconds since some moment. */
    long now();

    /** All packets since the table was made. */
    Packets packets();

    /** Shows every flow. One that comes or goes meanwhile may be shown or not. */
    void forEach(Visitor visitor);

    /** Takes a flow out, with what was counted until that moment; empty when it is not there. */
    Optional<FlowState> take(FlowKey key);

    /** What was told of each flow, by flow id. */
    Map<Long, FlowTold> reported();

    /** Notes what was told. */
    void report(Map<Long, FlowTold> told);

    /** These flows are no more. */
    void forget(Collection<Long> flowIds);

    /** How far the numbering of batches and records has come. */
    Progress progress();

    void progress(Progress progress);

    /**
     * Numbers of packets.
     *
     * @param seen all
     */
    record Packets(long seen, long withoutRoom, long unreadable) {}

    /**
     * A numbering.
     *
     * @param name new with the table
     */
    record Progress(String name, long batches, long records) {}

    /** Sees flows. */
    @FunctionalInterface
    interface Visitor {

        /** @param row only good for the time of the call */
        void flow(Row row);
    }

    /** A flow in the table, of which most is not read most of the time. */
    interface Row {

        int vnic();

        long flowId();

        /** In both directions. */
        long packets();

        long lastSeen();

        /** FINs of both sides, or a reset. */
        boolean hasEnded();

        /** Another flow has its place. */
        boolean isRetired();

        FlowState state();
    }
}

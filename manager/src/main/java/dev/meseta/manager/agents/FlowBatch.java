package dev.meseta.manager.agents;

import java.time.Instant;
import java.util.List;

/**
 * What the vNICs of a host saw in a while.
 *
 * @param resumeToken what comes after this batch is asked for with it
 * @param takenAt by the host's clock
 * @param refused records that made no sense and are not among the flows
 */
public record FlowBatch(
        String resumeToken, Instant takenAt, FlowSource source, List<FlowRecord> flows, Losses losses, long refused) {

    public FlowBatch {
        flows = List.copyOf(flows);
    }

    /**
     * What the host could not say, since the batch before.
     *
     * @param packetsWithoutRoom whose flow found no room in the table of the datapath
     * @param packetsUnreadable that could not be read as any flow
     * @param recordsDropped at the agent, because nobody took them in time
     */
    public record Losses(long packetsWithoutRoom, long packetsUnreadable, long recordsDropped) {

        public static final Losses NONE = new Losses(0, 0, 0);
    }
}

package dev.meseta.agent.flows;

import java.time.Instant;
import java.util.List;

/**
 * What a watcher gets.
 *
 * @param resumeToken resumes right after this batch, also in the agent's next life
 * @param losses since the batch that this watcher got before
 */
public record FlowBatch(
        String resumeToken, Instant takenAt, FlowSource source, List<FlowRecord> flows, FlowLosses losses) {

    public FlowBatch {
        flows = List.copyOf(flows);
    }
}

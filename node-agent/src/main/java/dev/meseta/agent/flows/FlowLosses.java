package dev.meseta.agent.flows;

/**
 * What a watcher does not see.
 *
 * @param packetsWithoutRoom packets whose flow found no room in the table of the datapath
 * @param packetsUnreadable packets that could not be read as any flow
 * @param recordsDropped records that were made and could not be kept
 */
public record FlowLosses(long packetsWithoutRoom, long packetsUnreadable, long recordsDropped) {

    public static final FlowLosses NONE = new FlowLosses(0, 0, 0);
}

package dev.meseta.agent.flows.datapath.binding;

import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;

/** The network devices of the calling thread's network namespace. */
public final class NetworkDevices {

    private static final int ENTRY_SIZE = 16;
    private static final long ENTRY_NAME = 8;
    private static final int LONGEST_NAME = 16;

    private NetworkDevices() {}

    /** Names by index. */
    public static Map<Integer, String> all() {
        Map<Integer, String> names = new HashMap<>();
        MemorySegment list = SystemCalls.nameIndex();
        try {
            MemorySegment entries = list.reinterpret(Long.MAX_VALUE);
            long at = 0;
            int index = entries.get(Library.INT, at);
            while (index != 0) {
                names.put(
                        index,
                        entries.get(Library.POINTER, at + ENTRY_NAME)
                                .reinterpret(LONGEST_NAME)
                                .getString(0));
                at += ENTRY_SIZE;
                index = entries.get(Library.INT, at);
            }
        } finally {
            SystemCalls.freeNameIndex(list);
        }
        return names;
    }
}

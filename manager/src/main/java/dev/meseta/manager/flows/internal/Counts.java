package dev.meseta.manager.flows.internal;

import dev.meseta.manager.agents.FlowRecord;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** Counters of one conversation in one bucket, apart for what the vNIC of each end saw. Not thread-safe. */
final class Counts {

    /** Columns of one end, see the migration. */
    static final List<String> COLUMNS = List.of(
            "records",
            "request_bytes",
            "request_packets",
            "response_bytes",
            "response_packets",
            "connections",
            "resets",
            "retransmissions",
            "handshakes",
            "handshake_us",
            "handshake_min_us",
            "handshake_max_us");

    static final int SIZE = 2 * COLUMNS.size();

    private static final int RECORDS = 0;
    private static final int REQUEST_BYTES = 1;
    private static final int REQUEST_PACKETS = 2;
    private static final int RESPONSE_BYTES = 3;
    private static final int RESPONSE_PACKETS = 4;
    private static final int CONNECTIONS = 5;
    private static final int RESETS = 6;
    private static final int RETRANSMISSIONS = 7;
    private static final int HANDSHAKES = 8;
    private static final int HANDSHAKE_US = 9;
    private static final int HANDSHAKE_MIN_US = 10;
    private static final int HANDSHAKE_MAX_US = 11;
    private static final int TCP_SYN = 0x02;
    private static final int TCP_RST = 0x04;

    private final long[] values = new long[SIZE];
    private long firstMicros = Long.MAX_VALUE;
    private long lastMicros = Long.MIN_VALUE;

    /**
     * Adds what a record says.
     *
     * @param last when it counts as seen last
     */
    void add(FlowRecord flow, boolean byClient, Instant last) {
        int at = byClient ? 0 : COLUMNS.size();
        int requestFlags = byClient ? flow.tcpFlagsOut() : flow.tcpFlagsIn();
        values[at + RECORDS]++;
        values[at + REQUEST_BYTES] += byClient ? flow.bytesOut() : flow.bytesIn();
        values[at + REQUEST_PACKETS] += byClient ? flow.packetsOut() : flow.packetsIn();
        values[at + RESPONSE_BYTES] += byClient ? flow.bytesIn() : flow.bytesOut();
        values[at + RESPONSE_PACKETS] += byClient ? flow.packetsIn() : flow.packetsOut();
        values[at + CONNECTIONS] += (requestFlags & TCP_SYN) != 0 ? 1 : 0;
        values[at + RESETS] += ((flow.tcpFlagsOut() | flow.tcpFlagsIn()) & TCP_RST) != 0 ? 1 : 0;
        values[at + RETRANSMISSIONS] += flow.retransmissions();
        long handshake = flow.handshakeMicroseconds();
        if (handshake > 0) {
            values[at + HANDSHAKES]++;
            values[at + HANDSHAKE_US] += handshake;
            values[at + HANDSHAKE_MIN_US] = lesser(values[at + HANDSHAKE_MIN_US], handshake);
            values[at + HANDSHAKE_MAX_US] = Math.max(values[at + HANDSHAKE_MAX_US], handshake);
        }
        long lastAt = micros(last);
        lastMicros = Math.max(lastMicros, lastAt);
        firstMicros = Math.min(firstMicros, Math.min(lastAt, micros(flow.firstSeen())));
    }

    void add(Counts other) {
        for (int i = 0; i < SIZE; i++) {
            values[i] = switch (i % COLUMNS.size()) {
                case HANDSHAKE_MIN_US -> lesser(values[i], other.values[i]);
                case HANDSHAKE_MAX_US -> Math.max(values[i], other.values[i]);
                default -> values[i] + other.values[i];
            };
        }
        firstMicros = Math.min(firstMicros, other.firstMicros);
        lastMicros = Math.max(lastMicros, other.lastMicros);
    }

    /** 0 is none. */
    private static long lesser(long one, long other) {
        return one == 0 ? other : other == 0 ? one : Math.min(one, other);
    }

    private static long micros(Instant moment) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, moment);
    }

    /** @param column of the client's, then of the server's */
    long value(int column) {
        return values[column];
    }

    /** Microseconds since the epoch. */
    long firstMicros() {
        return firstMicros;
    }

    long lastMicros() {
        return lastMicros;
    }
}

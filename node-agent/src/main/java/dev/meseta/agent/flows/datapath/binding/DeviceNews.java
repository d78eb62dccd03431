package dev.meseta.agent.flows.datapath.binding;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;

/**
 * Tells when a network device came, went or changed (rtnetlink), in the network namespace of the thread that opened it.
 * What happened is not said: who is told looks again.
 */
public final class DeviceNews implements AutoCloseable {

    private static final int AF_NETLINK = 16;
    private static final int SOCK_RAW_CLOSE_ON_EXEC = 3 | 0x80000;
    private static final int NETLINK_ROUTE = 0;
    private static final int ADDRESS_SIZE = 12;
    private static final long ADDRESS_GROUPS = 8;
    private static final int GROUP_LINK = 1;
    private static final int DO_NOT_WAIT = 0x40;
    private static final int BUFFER_SIZE = 32 << 10;

    private final int socket;

    private DeviceNews(int socket) {
        this.socket = socket;
    }

    public static DeviceNews open() {
        int socket = SystemCalls.socket(AF_NETLINK, SOCK_RAW_CLOSE_ON_EXEC, NETLINK_ROUTE);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment address = arena.allocate(ADDRESS_SIZE, Integer.BYTES);
            address.set(Library.SHORT, 0, (short) AF_NETLINK);
            address.set(Library.INT, ADDRESS_GROUPS, GROUP_LINK);
            SystemCalls.bind(socket, address);
            return new DeviceNews(socket);
        } catch (BpfException e) {
            SystemCalls.close(socket);
            throw e;
        }
    }

    /** Waits until something changed or the time is over; all news until now count as one. */
    public boolean await(Duration patience) {
        boolean news = SystemCalls.awaitReadable(socket, Math.toIntExact(patience.toMillis()));
        if (news) {
            forget();
        }
        return news;
    }

    private void forget() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment buffer = arena.allocate(BUFFER_SIZE);
            boolean more = true;
            while (more) {
                more = read(buffer);
            }
        }
    }

    private boolean read(MemorySegment buffer) {
        try {
            return SystemCalls.receive(socket, buffer, DO_NOT_WAIT) > 0;
        } catch (BpfException e) {
            if (e.code() == ErrorNumbers.NO_BUFFER) {
                // Some were lost, which is no matter: everything is looked at again.
                return true;
            }
            if (e.code() == ErrorNumbers.TRY_AGAIN || e.code() == ErrorNumbers.INTERRUPTED) {
                return false;
            }
            throw e;
        }
    }

    @Override
    public void close() {
        SystemCalls.close(socket);
    }
}

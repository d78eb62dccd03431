package dev.meseta.agent.migration;

import java.nio.channels.SocketChannel;

/** Opens control tunnels to other agents. */
public interface Tunnels {

    /**
     * A connection to a target agent, for one migration. Returns at once: it is made while other things are prepared.
     *
     * @param agentAddress host:port
     * @param hostId whose certificate the other side must have
     */
    TunnelConnection connect(String agentAddress, String hostId, String migrationId);

    /** Carries any number of local connections to the target's hypervisor. */
    interface TunnelConnection extends AutoCloseable {

        /** Joins a local connection with a new one at the target, until either ends. Returns at once. */
        void carry(SocketChannel local);

        /** Breaks everything that is still carried. */
        @Override
        void close();
    }
}

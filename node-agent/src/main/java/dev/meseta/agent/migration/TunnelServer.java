package dev.meseta.agent.migration;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.migration.Tunnels.TunnelConnection;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Executor;

/** A UNIX socket on this host that leads to the target's hypervisor, for the life of one migration. */
final class TunnelServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(TunnelServer.class.getName());

    private final Path path;
    private final ServerSocketChannel server;
    private final TunnelConnection target;

    private TunnelServer(Path path, ServerSocketChannel server, TunnelConnection target) {
        this.path = path;
        this.server = server;
        this.target = target;
    }

    /** @param directory that only the agent's user may enter, which is what protects the socket */
    static TunnelServer open(Path directory, TunnelConnection target, Executor executor) {
        // Short: the kernel allows 107 bytes for the whole path.
        Path path = directory.resolve(UUID.randomUUID().toString().substring(0, 13) + ".sock");
        try {
            ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
            try {
                server.bind(UnixDomainSocketAddress.of(path));
                Files.setPosixFilePermissions(path, dev.meseta.agent.system.DurableFiles.OWNER_ONLY);
            } catch (IOException e) {
                server.close();
                throw e;
            }
            TunnelServer tunnel = new TunnelServer(path, server, target);
            executor.execute(tunnel::accept);
            return tunnel;
        } catch (IOException e) {
            throw new AgentException(AgentErrorCode.AGENT_ERROR, "Cannot open the migration's socket", e);
        }
    }

    Path path() {
        return path;
    }

    private void accept() {
        try {
            while (server.isOpen()) {
                SocketChannel local = server.accept();
                target.carry(local);
            }
        } catch (ClosedChannelException e) {
            LOG.log(System.Logger.Level.DEBUG, "The tunnel {0} was closed", path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "The tunnel " + path + " takes no more connections", e);
        }
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.log(System.Logger.Level.WARNING, "Cannot remove " + path, e);
        }
    }
}

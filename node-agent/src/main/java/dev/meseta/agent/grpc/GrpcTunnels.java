package dev.meseta.agent.grpc;

import dev.meseta.agent.identity.AgentCredentials;
import dev.meseta.agent.identity.PeerTrustManager;
import dev.meseta.agent.migration.Tunnels;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import dev.meseta.proto.v1.TunnelFrame;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The source's end of tunnels: mutual TLS to the one agent that the migration goes to. */
public final class GrpcTunnels implements Tunnels {

    private static final System.Logger LOG = System.getLogger(GrpcTunnels.class.getName());

    private final AgentCredentials credentials;
    private final Executor executor;

    /** @param executor for threads that copy */
    public GrpcTunnels(AgentCredentials credentials, Executor executor) {
        this.credentials = credentials;
        this.executor = executor;
    }

    @Override
    public TunnelConnection connect(String agentAddress, String hostId, String migrationId) {
        ManagedChannel channel = Channels.open(
                agentAddress,
                credentials.keyManager(),
                PeerTrustManager.host(credentials.controlAuthority(), hostId),
                // Every change of thread on the way counts in the guest's downtime, and what comes in is only queued.
                Runnable::run);
        // Begins the handshake now; nobody waits for it.
        var unused = channel.getState(true);
        return new Connection(channel, migrationId);
    }

    private final class Connection implements TunnelConnection {

        private final ManagedChannel channel;
        private final String migrationId;

        private Connection(ManagedChannel channel, String migrationId) {
            this.channel = channel;
            this.migrationId = migrationId;
        }

        @Override
        public void carry(SocketChannel local) {
            LeavingTunnel tunnel = new LeavingTunnel(local, migrationId);
            MigrationServiceGrpc.newStub(channel).tunnel(tunnel);
            tunnel.begin(executor);
        }

        @Override
        public void close() {
            channel.shutdownNow();
        }
    }

    private static final class LeavingTunnel implements ClientResponseObserver<TunnelFrame, TunnelFrame> {

        private final SocketChannel local;
        private final String migrationId;
        private volatile @Nullable ClientCallStreamObserver<TunnelFrame> target;
        private volatile @Nullable BytePipe<TunnelFrame> pipe;

        private LeavingTunnel(SocketChannel local, String migrationId) {
            this.local = local;
            this.migrationId = migrationId;
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<TunnelFrame> stream) {
            BytePipe<TunnelFrame> opened = new BytePipe<>(
                    local,
                    stream,
                    bytes -> TunnelFrame.newBuilder().setData(bytes).build(),
                    this::closeLocal);
            target = stream;
            pipe = opened;
            stream.disableAutoRequestWithInitial(1);
            stream.setOnReadyHandler(opened::wake);
        }

        private void begin(Executor executor) {
            ClientCallStreamObserver<TunnelFrame> stream = target;
            BytePipe<TunnelFrame> opened = pipe;
            if (stream == null || opened == null) {
                throw new IllegalStateException("The stream was not begun");
            }
            stream.onNext(TunnelFrame.newBuilder().setMigrationId(migrationId).build());
            opened.start(executor);
        }

        @Override
        public void onNext(TunnelFrame frame) {
            BytePipe<TunnelFrame> open = pipe;
            if (open != null) {
                open.arrived(frame.getData());
            }
        }

        @Override
        public void onError(Throwable thrown) {
            if (thrown instanceof StatusRuntimeException failure) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "The tunnel of migration {0} broke: {1} {2}",
                        migrationId,
                        GrpcErrors.reason(failure),
                        GrpcErrors.description(failure));
            }
            BytePipe<TunnelFrame> open = pipe;
            if (open != null) {
                open.remoteFailed();
            }
        }

        @Override
        public void onCompleted() {
            BytePipe<TunnelFrame> open = pipe;
            if (open != null) {
                open.remoteCompleted();
            }
        }

        private void closeLocal() {
            try {
                local.close();
            } catch (IOException e) {
                LOG.log(System.Logger.Level.DEBUG, "Closing the hypervisor's connection", e);
            }
        }
    }
}

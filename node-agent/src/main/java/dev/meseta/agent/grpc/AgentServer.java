package dev.meseta.agent.grpc;

import dev.meseta.agent.console.Consoles;
import dev.meseta.agent.domain.DomainOperations;
import dev.meseta.agent.flows.Flows;
import dev.meseta.agent.host.HostInformation;
import dev.meseta.agent.identity.AgentCredentials;
import dev.meseta.agent.identity.PeerTrustManager;
import dev.meseta.agent.migration.MigrationTargets;
import dev.meseta.agent.migration.OutgoingMigrations;
import dev.meseta.agent.network.Networks;
import dev.meseta.agent.operations.Operations;
import dev.meseta.agent.storage.Images;
import dev.meseta.agent.storage.Seeds;
import dev.meseta.agent.storage.SharedDirectories;
import dev.meseta.agent.storage.Volumes;
import dev.meseta.agent.system.HostAndPort;
import dev.meseta.agent.watch.WatchHub;
import dev.meseta.proto.v1.MigrationServiceGrpc;
import io.grpc.BindableService;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallExecutorSupplier;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The agent's gRPC server: mutual TLS or nothing. */
public final class AgentServer implements AutoCloseable {

    private static final System.Logger LOG = System.getLogger(AgentServer.class.getName());
    private static final int MAX_MESSAGE_BYTES = 1 << 20;
    private static final int MAX_METADATA_BYTES = 8 << 10;
    private static final long GRACE_MS = 1_000;

    private final Server server;

    private AgentServer(Server server) {
        this.server = server;
    }

    /** Everything that can be called. */
    public record Services(
            Operations operations,
            DomainOperations domains,
            OutgoingMigrations outgoing,
            MigrationTargets targets,
            SharedDirectories directories,
            Volumes volumes,
            Images images,
            Seeds seeds,
            Networks networks,
            Consoles consoles,
            Flows flows,
            HostInformation host,
            WatchHub hub,
            InstantSource clock) {

        List<BindableService> bindable(Executor executor) {
            return List.of(
                    new HostEndpoint(host, hub, operations, executor),
                    new DomainEndpoint(operations, domains, clock),
                    new MigrationEndpoint(operations, outgoing, targets, executor),
                    new VolumeEndpoint(operations, new VolumeEndpoint.Storage(directories, volumes, images, seeds)),
                    new NetworkEndpoint(operations, networks),
                    new ConsoleEndpoint(operations, consoles, executor),
                    new FlowEndpoint(operations, flows.feed(), executor),
                    new OperationEndpoint(operations));
        }
    }

    /**
     * Begins to serve.
     *
     * @param executor for calls; they may block for a moment
     * @throws UncheckedIOException when the address cannot be listened on
     */
    public static AgentServer start(
            HostAndPort listen, AgentCredentials credentials, Services services, Executor executor) {
        TlsServerCredentials.Builder tls = TlsServerCredentials.newBuilder()
                .keyManager(credentials.keyManager())
                .trustManager(PeerTrustManager.anyPeer(credentials.controlAuthority()))
                .clientAuth(TlsServerCredentials.ClientAuth.REQUIRE);
        MethodDescriptor<?, ?> tunnel = MigrationServiceGrpc.getTunnelMethod();
        NettyServerBuilder builder = NettyServerBuilder.forAddress(listen.socketAddress(), tls.build())
                .executor(executor)
                // The last one added is asked first.
                .intercept(new TraceInterceptor())
                .intercept(new AuthorizationInterceptor())
                .withChildOption(ChannelOption.TCP_NODELAY, true)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .maxInboundMetadataSize(MAX_METADATA_BYTES)
                .handshakeTimeout(10, TimeUnit.SECONDS)
                .keepAliveTime(30, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .permitKeepAliveTime(1, TimeUnit.SECONDS)
                .permitKeepAliveWithoutCalls(true);
        // Every change of thread on a tunnel's way counts in a guest's downtime, and what comes in is only queued
        // there.
        builder.callExecutor(new ServerCallExecutorSupplier() {
            @Override
            public <Q, A> Executor getExecutor(ServerCall<Q, A> call, Metadata metadata) {
                return call.getMethodDescriptor() == tunnel ? Runnable::run : executor;
            }
        });
        services.bindable(executor).forEach(builder::addService);
        try {
            AgentServer started = new AgentServer(builder.build().start());
            LOG.log(System.Logger.Level.INFO, "Listening on {0}", listen);
            return started;
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot listen on " + listen, e);
        }
    }

    /** The port it listens on. */
    public int port() {
        return server.getPort();
    }

    /** Cuts every call off; returns when the address is free. */
    public void kill() {
        server.shutdownNow();
        try {
            if (!server.awaitTermination(GRACE_MS, TimeUnit.MILLISECONDS)) {
                LOG.log(System.Logger.Level.WARNING, "Some calls did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        server.shutdown();
        try {
            if (!server.awaitTermination(GRACE_MS, TimeUnit.MILLISECONDS)) {
                server.shutdownNow();
                // The executor must outlive the calls: a connection whose last callback is rejected stays open.
                if (!server.awaitTermination(GRACE_MS, TimeUnit.MILLISECONDS)) {
                    LOG.log(System.Logger.Level.WARNING, "Some calls did not end");
                }
            }
        } catch (InterruptedException e) {
            server.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}

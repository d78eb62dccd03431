package dev.meseta.manager.agents.internal;

import io.grpc.Server;
import io.grpc.ServerCredentials;
import io.grpc.ServerInterceptors;
import io.grpc.TlsServerCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/** The manager's gRPC server, for agents only. TLS; a client certificate is asked for, each method says who needs one. */
final class EnrolmentServer implements SmartLifecycle {

    private static final Logger LOG = LoggerFactory.getLogger(EnrolmentServer.class);
    // Two certificate requests and a few names.
    private static final int MAX_MESSAGE_BYTES = 64 * 1024;
    private static final int MAX_METADATA_BYTES = 8 * 1024;
    private static final int MAX_CALLS_PER_CONNECTION = 4;
    private static final int STOP_SECONDS = 5;

    private final InetSocketAddress listen;
    private final AdvertisedAddress advertised;
    private final ManagerCredentials credentials;
    private final CallerInterceptor callers;
    private final EnrolmentService service;

    private @Nullable Running running;

    EnrolmentServer(
            InetSocketAddress listen,
            AdvertisedAddress advertised,
            ManagerCredentials credentials,
            CallerInterceptor callers,
            EnrolmentService service) {
        this.listen = listen;
        this.advertised = advertised;
        this.credentials = credentials;
        this.callers = callers;
        this.service = service;
    }

    @Override
    public synchronized void start() {
        ServerCredentials tls = TlsServerCredentials.newBuilder()
                .keyManager(credentials.keyManager())
                .trustManager(Pkix.trusting(credentials.controlAuthority()))
                .clientAuth(TlsServerCredentials.ClientAuth.OPTIONAL)
                .build();
        ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();
        try {
            Server server = NettyServerBuilder.forAddress(listen, tls)
                    .executor(calls)
                    .addService(ServerInterceptors.intercept(service, callers))
                    .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                    .maxInboundMetadataSize(MAX_METADATA_BYTES)
                    .maxConcurrentCallsPerConnection(MAX_CALLS_PER_CONNECTION)
                    .handshakeTimeout(10, TimeUnit.SECONDS)
                    .maxConnectionIdle(1, TimeUnit.MINUTES)
                    .build()
                    .start();
            advertised.bound(server.getPort());
            running = new Running(server, calls);
            LOG.info("Agents enrol at {}:{}", listen.getHostString(), server.getPort());
        } catch (IOException e) {
            calls.close();
            throw new UncheckedIOException(
                    "The gRPC server for agents cannot listen on %s; change meseta.grpc.listen".formatted(listen), e);
        }
    }

    @Override
    public synchronized void stop() {
        Running current = running;
        if (current == null) {
            return;
        }
        running = null;
        try {
            if (!current.server().shutdown().awaitTermination(STOP_SECONDS, TimeUnit.SECONDS)) {
                current.server().shutdownNow();
            }
        } catch (InterruptedException e) {
            current.server().shutdownNow();
            Thread.currentThread().interrupt();
        }
        current.calls().shutdown();
    }

    @Override
    public synchronized boolean isRunning() {
        return running != null;
    }

    @Override
    public int getPhase() {
        return Phases.ENROLMENT_SERVER;
    }

    private record Running(Server server, ExecutorService calls) {}
}

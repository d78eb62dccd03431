package dev.meseta.manager.agents.internal;

import dev.meseta.manager.shared.tracing.Tracing;
import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.grpc.MetricCollectingClientInterceptor;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Channels with mutual TLS. */
final class TlsHostChannels implements HostChannels {

    // A snapshot comes as one message per domain; nothing an agent sends is near this.
    private static final int MAX_MESSAGE_BYTES = 1024 * 1024;

    private final ManagerCredentials credentials;
    private final AgentsProperties properties;
    private final ClientInterceptor meters;
    private final Tracing tracing;

    TlsHostChannels(
            ManagerCredentials credentials, AgentsProperties properties, MeterRegistry registry, Tracing tracing) {
        this.credentials = credentials;
        this.properties = properties;
        this.meters = new MetricCollectingClientInterceptor(registry);
        this.tracing = tracing;
    }

    @Override
    public ManagedChannel open(UUID hostId, String agentAddress) {
        ChannelCredentials tls = TlsChannelCredentials.newBuilder()
                .keyManager(credentials.keyManager())
                .trustManager(new HostTrustManager(hostId, credentials.controlAuthority()))
                .build();
        return NettyChannelBuilder.forTarget("dns:///" + agentAddress, tls)
                .keepAliveTime(properties.keepAliveTime().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(properties.keepAliveTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .disableRetry()
                .intercept(meters, new CallSpans(tracing, hostId))
                .build();
    }
}

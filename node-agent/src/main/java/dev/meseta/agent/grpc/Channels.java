package dev.meseta.agent.grpc;

import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManager;
import javax.net.ssl.TrustManager;
import org.jspecify.annotations.Nullable;

/** Connections of ours to others, always TLS. */
final class Channels {

    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    private Channels() {}

    /** @param keyManager null only for joining, when there is no certificate yet */
    static ManagedChannel open(
            String address, @Nullable KeyManager keyManager, TrustManager trustManager, Executor executor) {
        TlsChannelCredentials.Builder tls = TlsChannelCredentials.newBuilder().trustManager(trustManager);
        if (keyManager != null) {
            tls.keyManager(keyManager);
        }
        return NettyChannelBuilder.forTarget("dns:///" + address, tls.build())
                .withOption(ChannelOption.TCP_NODELAY, true)
                .executor(executor)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(10, TimeUnit.SECONDS)
                .maxInboundMessageSize(MAX_MESSAGE_BYTES)
                .disableRetry()
                .build();
    }
}

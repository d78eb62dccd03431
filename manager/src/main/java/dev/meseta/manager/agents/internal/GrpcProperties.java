package dev.meseta.manager.agents.internal;

import java.net.InetSocketAddress;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Where agents reach the manager.
 *
 * @param listen address:port of the manager's gRPC server; port 0: any
 */
@ConfigurationProperties("meseta.grpc")
record GrpcProperties(@DefaultValue("0.0.0.0:8444") String listen) {

    InetSocketAddress listenAddress() {
        HostAndPort address = HostAndPort.parse(listen)
                .orElseThrow(() -> new IllegalArgumentException(
                        "meseta.grpc.listen must be address:port, for instance 0.0.0.0:8444, but is \"" + listen
                                + "\""));
        return new InetSocketAddress(address.host(), address.port());
    }
}

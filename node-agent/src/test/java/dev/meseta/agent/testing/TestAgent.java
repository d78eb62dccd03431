package dev.meseta.agent.testing;

import dev.meseta.agent.Agent;
import dev.meseta.agent.AgentConfiguration;
import dev.meseta.agent.hypervisor.Hypervisor;
import dev.meseta.agent.identity.Certificates;
import dev.meseta.agent.identity.IdentityFiles;
import dev.meseta.agent.identity.KeyAndChain;
import dev.meseta.agent.identity.PeerTrustManager;
import dev.meseta.agent.system.Commands;
import dev.meseta.agent.system.FileOwner;
import dev.meseta.agent.system.HostAndPort;
import io.grpc.ManagedChannel;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.util.AdvancedTlsX509KeyManager;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** A whole agent in this process, on a port of the loopback interface. */
public final class TestAgent implements AutoCloseable {

    private final String hostId = UUID.randomUUID().toString();
    private final TestAuthority authority;
    private final Path directory;
    private final Hypervisor hypervisor;
    private final Commands commands;
    private final FileOwner emulator;
    private Agent agent;

    /** @param directory the agent's own; its path must be short */
    public TestAgent(TestAuthority authority, Path directory, Hypervisor hypervisor, Commands commands) {
        this(authority, directory, hypervisor, commands, FileOwner.unchanged());
    }

    /** @param emulator the user that disks are given to */
    public TestAgent(
            TestAuthority authority, Path directory, Hypervisor hypervisor, Commands commands, FileOwner emulator) {
        this.emulator = emulator;
        this.authority = authority;
        this.directory = directory;
        this.hypervisor = hypervisor;
        this.commands = commands;
        new IdentityFiles(directory.resolve("state")).store(authority.stored(hostId));
        this.agent = start();
    }

    public String hostId() {
        return hostId;
    }

    public String address() {
        return "127.0.0.1:" + agent.port();
    }

    /** Where tunnels of arriving migrations end. */
    public Path hypervisorSocket() {
        return directory.resolve("hypervisor.sock");
    }

    /** A new life on the same disk. */
    public void restart() {
        agent.close();
        agent = start();
    }

    private Agent start() {
        HostAndPort listen = new HostAndPort("127.0.0.1", 0);
        return Agent.start(new Agent.Surroundings(
                directory.resolve("state"),
                new AgentConfiguration(
                        List.of(listen),
                        listen,
                        listen,
                        "127.0.0.1",
                        "fake:///",
                        hypervisorSocket(),
                        "nobody",
                        directory.resolve("pki"),
                        directory.resolve("run"),
                        Optional.empty()),
                hypervisor,
                commands,
                emulator,
                InstantSource.system()));
    }

    /** A connection as somebody, or as nobody when null. */
    public ManagedChannel channel(@Nullable KeyAndChain as) {
        TlsChannelCredentials.Builder tls =
                TlsChannelCredentials.newBuilder().trustManager(PeerTrustManager.host(authority.certificate(), hostId));
        if (as != null) {
            AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
            keys.updateIdentityCredentials(as.chain().toArray(X509Certificate[]::new), as.key());
            tls.keyManager(keys);
        }
        return NettyChannelBuilder.forTarget(address(), tls.build()).build();
    }

    public String fingerprint() {
        return Certificates.fingerprint(authority.certificate());
    }

    @Override
    public void close() {
        agent.close();
    }
}

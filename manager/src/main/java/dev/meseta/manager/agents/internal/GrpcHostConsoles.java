package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.ConsoleKind;
import dev.meseta.manager.agents.HostConsoles;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.proto.v1.ConsoleServiceGrpc;
import dev.meseta.proto.v1.ConsoleTarget;
import io.grpc.StatusRuntimeException;
import java.time.Duration;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Consoles as streams of frames. */
final class GrpcHostConsoles implements HostConsoles {

    private final HostConnections connections;
    private final Duration patience;
    private final Executor threads;

    /**
     * @param patience how long a host may take to open a console
     * @param threads one is used for as long as a console is open
     */
    GrpcHostConsoles(HostConnections connections, Duration patience, Executor threads) {
        this.connections = connections;
        this.patience = patience;
        this.threads = threads;
    }

    @Override
    public Link open(UUID hostId, UUID vmId, ConsoleKind kind, Receiver receiver) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("An agent must not be called inside a transaction");
        }
        HostConnections.Commandable host = connections.require(hostId);
        long epoch = host.epoch().current();
        try {
            return open(host, hostId, vmId, kind, epoch, receiver);
        } catch (MesetaException refused) {
            // The agent may have seen a higher epoch that this manager did not know yet.
            if (refused.code() != ErrorCode.FENCED || !host.epoch().refused(epoch)) {
                throw refused;
            }
            return open(host, hostId, vmId, kind, host.epoch().current(), receiver);
        }
    }

    private Link open(
            HostConnections.Commandable host, UUID hostId, UUID vmId, ConsoleKind kind, long epoch, Receiver receiver) {
        ConsoleStream stream = new ConsoleStream(receiver);
        var unused = ConsoleServiceGrpc.newStub(host.channel()).open(stream);
        try {
            stream.begin(ConsoleTarget.newBuilder()
                    .setVmId(vmId.toString())
                    .setKind(dev.meseta.proto.v1.ConsoleKind.valueOf("CONSOLE_KIND_" + kind))
                    .setFencingEpoch(epoch)
                    .build());
            stream.opened().get(patience.toMillis(), TimeUnit.MILLISECONDS);
            threads.execute(stream::deliver);
            return stream;
        } catch (ExecutionException e) {
            throw e.getCause() instanceof StatusRuntimeException refused
                    ? AgentErrors.fromCall(hostId, refused)
                    : new MesetaException(ErrorCode.AGENT_ERROR, "The console ended as soon as it was opened.", e);
        } catch (TimeoutException e) {
            stream.close();
            throw new MesetaException(
                    ErrorCode.HOST_UNREACHABLE,
                    "Host %s did not open the console within %d s.".formatted(hostId, patience.toSeconds()),
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            stream.close();
            throw new MesetaException(ErrorCode.HOST_UNREACHABLE, "Interrupted while the console was opened.", e);
        }
    }
}

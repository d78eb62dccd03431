package dev.meseta.agent.grpc;

import dev.meseta.agent.console.Consoles;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.hypervisor.ConsoleKind;
import dev.meseta.agent.operations.Operations;
import dev.meseta.proto.v1.ConsoleFrame;
import dev.meseta.proto.v1.ConsoleServiceGrpc;
import dev.meseta.proto.v1.ConsoleTarget;
import io.grpc.stub.StreamObserver;
import java.nio.channels.ByteChannel;
import java.util.UUID;
import java.util.concurrent.Executor;

/** ConsoleService. */
final class ConsoleEndpoint extends ConsoleServiceGrpc.ConsoleServiceImplBase {

    private static final ArrivingBytes.Framing<ConsoleFrame> FRAMING = new ArrivingBytes.Framing<>(
            ConsoleFrame::getData,
            bytes -> ConsoleFrame.newBuilder().setData(bytes).build());

    private final Operations operations;
    private final Consoles consoles;
    private final Executor executor;

    /** @param executor for threads that copy */
    ConsoleEndpoint(Operations operations, Consoles consoles, Executor executor) {
        this.operations = operations;
        this.consoles = consoles;
        this.executor = executor;
    }

    @Override
    public StreamObserver<ConsoleFrame> open(StreamObserver<ConsoleFrame> observer) {
        return new ArrivingBytes<>(
                first -> {
                    ArrivingBytes.Local opened = open(first.getTarget());
                    observer.onNext(ConsoleFrame.getDefaultInstance());
                    return opened;
                },
                FRAMING,
                observer,
                executor);
    }

    private ArrivingBytes.Local open(ConsoleTarget target) {
        operations.admit(target.getFencingEpoch());
        UUID vmId = Decoder.uuid("vm_id", target.getVmId());
        ByteChannel channel = consoles.open(vmId, kind(target));
        return new ArrivingBytes.Local(channel, () -> consoles.close(vmId, channel));
    }

    private static ConsoleKind kind(ConsoleTarget target) {
        return switch (target.getKind()) {
            case CONSOLE_KIND_VNC -> ConsoleKind.VNC;
            case CONSOLE_KIND_SERIAL -> ConsoleKind.SERIAL;
            case CONSOLE_KIND_UNSPECIFIED, UNRECOGNIZED ->
                throw AgentException.validation("kind must be VNC or SERIAL");
        };
    }
}

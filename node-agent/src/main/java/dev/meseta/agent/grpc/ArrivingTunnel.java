package dev.meseta.agent.grpc;

import dev.meseta.agent.migration.MigrationTargets;
import dev.meseta.proto.v1.TunnelFrame;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The target's end of a tunnel: its first frame names the migration, and then the local hypervisor answers. */
final class ArrivingTunnel implements StreamObserver<TunnelFrame> {

    private final MigrationTargets targets;
    private final String callerHostId;
    private final ServerCallStreamObserver<TunnelFrame> source;
    private final Executor executor;
    private volatile @Nullable TunnelPipe pipe;
    private boolean refused;

    ArrivingTunnel(
            MigrationTargets targets,
            String callerHostId,
            ServerCallStreamObserver<TunnelFrame> source,
            Executor executor) {
        this.targets = targets;
        this.callerHostId = callerHostId;
        this.source = source;
        this.executor = executor;
        source.disableAutoRequest();
        source.setOnReadyHandler(() -> {
            TunnelPipe open = pipe;
            if (open != null) {
                open.wake();
            }
        });
        source.setOnCancelHandler(() -> {
            TunnelPipe open = pipe;
            if (open != null) {
                open.remoteFailed();
            }
        });
        source.request(1);
    }

    @Override
    public void onNext(TunnelFrame frame) {
        TunnelPipe open = pipe;
        if (open == null) {
            open = open(frame.getMigrationId());
            if (open == null) {
                return;
            }
        }
        open.arrived(frame.getData());
    }

    private @Nullable TunnelPipe open(String migrationId) {
        try {
            MigrationTargets.Arrival arrival = targets.open(migrationId, callerHostId);
            TunnelPipe opened = new TunnelPipe(arrival.channel(), source, arrival::close);
            pipe = opened;
            opened.start(executor);
            return opened;
        } catch (RuntimeException e) {
            refused = true;
            source.onError(GrpcErrors.toCaller(e));
            return null;
        }
    }

    @Override
    public void onError(Throwable thrown) {
        TunnelPipe open = pipe;
        if (open != null) {
            open.remoteFailed();
        }
    }

    @Override
    public void onCompleted() {
        TunnelPipe open = pipe;
        if (open != null) {
            open.remoteCompleted();
        } else if (!refused) {
            source.onCompleted();
        }
    }
}

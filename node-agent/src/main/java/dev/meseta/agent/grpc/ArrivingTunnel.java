package dev.meseta.agent.grpc;

import com.google.protobuf.ByteString;
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
    private boolean opening;
    private boolean broken;
    private boolean completed;

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
        // Instead of onError, once it is set.
        source.setOnCancelHandler(this::broke);
        source.request(1);
    }

    @Override
    public void onNext(TunnelFrame frame) {
        TunnelPipe open = pipe;
        if (open != null) {
            open.arrived(frame.getData());
            return;
        }
        synchronized (this) {
            opening = true;
        }
        // To connect may take a moment, which the stream's own thread does not have.
        executor.execute(() -> open(frame.getMigrationId(), frame.getData()));
    }

    /** The next frame is asked for when this one is written, so none comes meanwhile; an end may. */
    private void open(String migrationId, ByteString data) {
        try {
            MigrationTargets.Arrival arrival = targets.open(migrationId, callerHostId);
            TunnelPipe opened = new TunnelPipe(arrival.channel(), source, arrival::close);
            synchronized (this) {
                // First, because what is written asks for the next frame.
                pipe = opened;
                opened.start(executor);
                opened.arrived(data);
                if (broken) {
                    opened.remoteFailed();
                } else if (completed) {
                    opened.remoteCompleted();
                }
            }
        } catch (RuntimeException e) {
            source.onError(GrpcErrors.toCaller(e));
        }
    }

    @Override
    public void onError(Throwable thrown) {
        broke();
    }

    private synchronized void broke() {
        broken = true;
        TunnelPipe open = pipe;
        if (open != null) {
            open.remoteFailed();
        }
    }

    @Override
    public synchronized void onCompleted() {
        completed = true;
        TunnelPipe open = pipe;
        if (open != null) {
            open.remoteCompleted();
        } else if (!opening) {
            source.onCompleted();
        }
    }
}

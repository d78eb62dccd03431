package dev.meseta.agent.grpc;

import dev.meseta.agent.network.Networks;
import dev.meseta.agent.network.Overlay;
import dev.meseta.agent.operations.OperationKind;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.operations.Operations;
import dev.meseta.proto.v1.EnsureNetworkRequest;
import dev.meseta.proto.v1.NetworkServiceGrpc;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OverlayNetwork;
import dev.meseta.proto.v1.RemoveNetworkRequest;
import io.grpc.stub.StreamObserver;
import java.util.UUID;

/** NetworkService. */
final class NetworkEndpoint extends NetworkServiceGrpc.NetworkServiceImplBase {

    private final Operations operations;
    private final Networks networks;

    NetworkEndpoint(Operations operations, Networks networks) {
        this.operations = operations;
        this.networks = networks;
    }

    @Override
    public void ensureNetwork(EnsureNetworkRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            OverlayNetwork message = request.getOverlay();
            Overlay overlay = Overlay.of(
                    Decoder.uuid("overlay.network_id", message.getNetworkId()),
                    message.getVni(),
                    message.getMtu(),
                    message.getPeerAddressesList());
            return Encoder.operation(operations.submit(
                    Decoder.request(request.getContext()),
                    OperationKind.NETWORK_ENSURE,
                    overlay.networkId().toString(),
                    control -> {
                        networks.ensure(overlay);
                        return OperationResult.NONE;
                    }));
        });
    }

    @Override
    public void removeNetwork(RemoveNetworkRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID networkId = Decoder.uuid("network_id", request.getNetworkId());
            return Encoder.operation(operations.submit(
                    Decoder.request(request.getContext()),
                    OperationKind.NETWORK_REMOVE,
                    networkId.toString(),
                    control -> {
                        networks.remove(networkId);
                        return OperationResult.NONE;
                    }));
        });
    }
}

package dev.meseta.agent.grpc;

import dev.meseta.agent.errors.AgentErrorCode;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.operations.Operations;
import dev.meseta.proto.v1.CancelOperationRequest;
import dev.meseta.proto.v1.GetOperationRequest;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationServiceGrpc;
import io.grpc.stub.StreamObserver;

/** OperationService. */
final class OperationEndpoint extends OperationServiceGrpc.OperationServiceImplBase {

    private final Operations operations;

    OperationEndpoint(Operations operations) {
        this.operations = operations;
    }

    @Override
    public void get(GetOperationRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            operations.admit(request.getFencingEpoch());
            return Encoder.operation(operations
                    .find(request.getOperationId())
                    .orElseThrow(() ->
                            new AgentException(AgentErrorCode.NOT_FOUND, "This agent has never begun that operation")));
        });
    }

    @Override
    public void cancel(CancelOperationRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            operations.admit(request.getFencingEpoch());
            return Encoder.operation(operations.cancel(request.getOperationId()));
        });
    }
}

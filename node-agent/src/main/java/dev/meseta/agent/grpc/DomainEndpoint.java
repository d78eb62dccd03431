package dev.meseta.agent.grpc;

import dev.meseta.agent.domain.DomainOperations;
import dev.meseta.agent.domain.DomainSpecification;
import dev.meseta.agent.errors.AgentException;
import dev.meseta.agent.operations.OperationBody;
import dev.meseta.agent.operations.OperationKind;
import dev.meseta.agent.operations.Operations;
import dev.meseta.proto.v1.DomainReport;
import dev.meseta.proto.v1.DomainServiceGrpc;
import dev.meseta.proto.v1.EnsurePausedRequest;
import dev.meseta.proto.v1.EnsureRunningRequest;
import dev.meseta.proto.v1.EnsureStoppedRequest;
import dev.meseta.proto.v1.GetDomainRequest;
import dev.meseta.proto.v1.ListDomainsRequest;
import dev.meseta.proto.v1.ListDomainsResponse;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationContext;
import dev.meseta.proto.v1.RebootDomainRequest;
import io.grpc.stub.StreamObserver;
import java.time.InstantSource;
import java.util.UUID;

/** DomainService. */
final class DomainEndpoint extends DomainServiceGrpc.DomainServiceImplBase {

    private final Operations operations;
    private final DomainOperations domains;
    private final InstantSource clock;

    DomainEndpoint(Operations operations, DomainOperations domains, InstantSource clock) {
        this.operations = operations;
        this.domains = domains;
        this.clock = clock;
    }

    @Override
    public void ensureRunning(EnsureRunningRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            DomainSpecification specification = Decoder.specification(request.getSpec());
            return submit(
                    request.getContext(),
                    OperationKind.DOMAIN_ENSURE_RUNNING,
                    specification.vmId(),
                    control -> domains.ensureRunning(specification, control));
        });
    }

    @Override
    public void ensureStopped(EnsureStoppedRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID vmId = Decoder.uuid("vm_id", request.getVmId());
            boolean forced = switch (request.getMode()) {
                case STOP_MODE_GRACEFUL -> false;
                case STOP_MODE_FORCED -> true;
                case STOP_MODE_UNSPECIFIED, UNRECOGNIZED ->
                    throw AgentException.validation("mode must be GRACEFUL or FORCED");
            };
            return submit(
                    request.getContext(),
                    OperationKind.DOMAIN_ENSURE_STOPPED,
                    vmId,
                    control -> domains.ensureStopped(vmId, forced, control));
        });
    }

    @Override
    public void reboot(RebootDomainRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID vmId = Decoder.uuid("vm_id", request.getVmId());
            boolean forced = switch (request.getMode()) {
                case REBOOT_MODE_GRACEFUL -> false;
                case REBOOT_MODE_FORCED -> true;
                case REBOOT_MODE_UNSPECIFIED, UNRECOGNIZED ->
                    throw AgentException.validation("mode must be GRACEFUL or FORCED");
            };
            return submit(
                    request.getContext(), OperationKind.DOMAIN_REBOOT, vmId, control -> domains.reboot(vmId, forced));
        });
    }

    @Override
    public void ensurePaused(EnsurePausedRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID vmId = Decoder.uuid("vm_id", request.getVmId());
            return submit(
                    request.getContext(),
                    OperationKind.DOMAIN_ENSURE_PAUSED,
                    vmId,
                    control -> domains.ensurePaused(vmId, request.getPaused()));
        });
    }

    @Override
    public void get(GetDomainRequest request, StreamObserver<DomainReport> observer) {
        Calls.answer(observer, () -> {
            operations.admit(request.getFencingEpoch());
            return Encoder.domain(domains.get(Decoder.uuid("vm_id", request.getVmId())), clock.instant());
        });
    }

    @Override
    public void list(ListDomainsRequest request, StreamObserver<ListDomainsResponse> observer) {
        Calls.answer(observer, () -> {
            ListDomainsResponse.Builder response = ListDomainsResponse.newBuilder();
            domains.list().forEach(status -> response.addDomains(Encoder.domain(status, clock.instant())));
            return response.build();
        });
    }

    private Operation submit(OperationContext context, OperationKind kind, UUID vmId, OperationBody body) {
        return Encoder.operation(operations.submit(Decoder.request(context), kind, vmId.toString(), body));
    }
}

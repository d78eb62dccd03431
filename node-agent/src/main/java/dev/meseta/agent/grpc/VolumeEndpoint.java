package dev.meseta.agent.grpc;

import dev.meseta.agent.operations.OperationBody;
import dev.meseta.agent.operations.OperationKind;
import dev.meseta.agent.operations.OperationResult;
import dev.meseta.agent.operations.Operations;
import dev.meseta.agent.storage.Images;
import dev.meseta.agent.storage.Seeds;
import dev.meseta.agent.storage.SharedDirectories;
import dev.meseta.agent.storage.Volumes;
import dev.meseta.proto.v1.EnsureImageRequest;
import dev.meseta.proto.v1.EnsureStorageDomainRequest;
import dev.meseta.proto.v1.EnsureVolumeRequest;
import dev.meseta.proto.v1.Operation;
import dev.meseta.proto.v1.OperationContext;
import dev.meseta.proto.v1.RemoveImageRequest;
import dev.meseta.proto.v1.RemoveSeedRequest;
import dev.meseta.proto.v1.RemoveVolumeRequest;
import dev.meseta.proto.v1.VolumeServiceGrpc;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.UUID;

/** VolumeService. */
final class VolumeEndpoint extends VolumeServiceGrpc.VolumeServiceImplBase {

    private final Operations operations;
    private final Storage storage;

    /** What the service is made of. */
    record Storage(SharedDirectories directories, Volumes volumes, Images images, Seeds seeds) {}

    VolumeEndpoint(Operations operations, Storage storage) {
        this.operations = operations;
        this.storage = storage;
    }

    @Override
    public void ensureStorageDomain(EnsureStorageDomainRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID storageDomainId = Decoder.uuid(
                    "shared_directory.storage_domain_id",
                    request.getSharedDirectory().getStorageDomainId());
            String path = request.getSharedDirectory().getPath();
            return submit(request.getContext(), OperationKind.STORAGE_DOMAIN_ENSURE, storageDomainId, control -> {
                storage.directories().ensure(storageDomainId, path);
                return OperationResult.NONE;
            });
        });
    }

    @Override
    public void ensureVolume(EnsureVolumeRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID storageDomainId = Decoder.uuid("storage_domain_id", request.getStorageDomainId());
            UUID diskId = Decoder.uuid("disk_id", request.getDiskId());
            Optional<UUID> imageId = request.getImageId().isEmpty()
                    ? Optional.empty()
                    : Optional.of(Decoder.uuid("image_id", request.getImageId()));
            long size = request.getVirtualSizeBytes();
            return submit(
                    request.getContext(),
                    OperationKind.VOLUME_ENSURE,
                    diskId,
                    control -> storage.volumes().ensure(storageDomainId, diskId, imageId, size));
        });
    }

    @Override
    public void removeVolume(RemoveVolumeRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID storageDomainId = Decoder.uuid("storage_domain_id", request.getStorageDomainId());
            UUID diskId = Decoder.uuid("disk_id", request.getDiskId());
            return submit(request.getContext(), OperationKind.VOLUME_REMOVE, diskId, control -> {
                storage.volumes().remove(storageDomainId, diskId);
                return OperationResult.NONE;
            });
        });
    }

    @Override
    public void ensureImage(EnsureImageRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID storageDomainId = Decoder.uuid("storage_domain_id", request.getStorageDomainId());
            UUID imageId = Decoder.uuid("image_id", request.getImageId());
            return submit(
                    request.getContext(),
                    OperationKind.IMAGE_ENSURE,
                    imageId,
                    control -> storage.images().ensure(storageDomainId, imageId, request.getIncomingFile(), control));
        });
    }

    @Override
    public void removeImage(RemoveImageRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID storageDomainId = Decoder.uuid("storage_domain_id", request.getStorageDomainId());
            UUID imageId = Decoder.uuid("image_id", request.getImageId());
            return submit(request.getContext(), OperationKind.IMAGE_REMOVE, imageId, control -> {
                storage.images().remove(storageDomainId, imageId);
                return OperationResult.NONE;
            });
        });
    }

    @Override
    public void removeSeed(RemoveSeedRequest request, StreamObserver<Operation> observer) {
        Calls.answer(observer, () -> {
            UUID storageDomainId = Decoder.uuid("storage_domain_id", request.getStorageDomainId());
            UUID vmId = Decoder.uuid("vm_id", request.getVmId());
            return submit(request.getContext(), OperationKind.SEED_REMOVE, vmId, control -> {
                storage.seeds().remove(storageDomainId, vmId);
                return OperationResult.NONE;
            });
        });
    }

    private Operation submit(OperationContext context, OperationKind kind, UUID targetId, OperationBody body) {
        return Encoder.operation(operations.submit(Decoder.request(context), kind, targetId.toString(), body));
    }
}

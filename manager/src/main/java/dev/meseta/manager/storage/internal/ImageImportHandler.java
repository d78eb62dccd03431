package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.storage.internal.ImageImportHandler.ImportImage;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskContext;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** {@code image.import}: a host checks the file and takes it in. */
@Component
class ImageImportHandler extends ImageHandler<ImportImage> {

    static final String TASK_KIND = "image.import";

    private final HostAgents agents;
    private final ImageRows images;

    ImageImportHandler(HostAgents agents, ImageRows images) {
        super(TASK_KIND, ImportImage.class);
        this.agents = agents;
        this.images = images;
    }

    /** @param hostId which host does it */
    record ImportImage(UUID hostId, UUID storageDomainId, String incomingFile) {}

    @Override
    AgentOperation begin(ImportImage payload, UUID imageId, AgentCall call) {
        return agents.ensureImage(payload.hostId(), call, payload.storageDomainId(), imageId, payload.incomingFile());
    }

    @Override
    Optional<AgentOperation> find(ImportImage payload, String operationId) {
        return agents.operation(payload.hostId(), operationId);
    }

    @Override
    AgentOperation cancel(ImportImage payload, String operationId) {
        return agents.cancelOperation(payload.hostId(), operationId);
    }

    @Override
    StepResult.Succeed<ImportImage> succeeded(ImportImage payload, UUID imageId, AgentOperation operation) {
        AgentOperation.Volume volume = operation.volume();
        long size = volume == null ? 0 : volume.virtualSizeBytes();
        return new StepResult.Succeed<>(payload, "The image can be used.", () -> images.ready(imageId, size));
    }

    @Override
    TransactionalEffects whenFailed(TaskContext<ImportImage> context, ErrorCode code) {
        return () -> images.failed(context.targetId());
    }
}

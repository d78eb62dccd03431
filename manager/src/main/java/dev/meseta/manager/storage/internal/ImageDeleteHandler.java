package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.storage.internal.ImageDeleteHandler.DeleteImage;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskContext;
import java.util.Optional;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** {@code image.delete}: a host removes the file, then the row goes. */
@Component
class ImageDeleteHandler extends ImageHandler<DeleteImage> {

    static final String TASK_KIND = "image.delete";

    private final HostAgents agents;
    private final ImageRows images;

    ImageDeleteHandler(HostAgents agents, ImageRows images) {
        super(TASK_KIND, DeleteImage.class);
        this.agents = agents;
        this.images = images;
    }

    /** @param hostId which host does it */
    record DeleteImage(UUID hostId, UUID storageDomainId) {}

    @Override
    AgentOperation begin(DeleteImage payload, UUID imageId, AgentCall call) {
        return agents.removeImage(payload.hostId(), call, payload.storageDomainId(), imageId);
    }

    @Override
    Optional<AgentOperation> find(DeleteImage payload, String operationId) {
        return agents.operation(payload.hostId(), operationId);
    }

    @Override
    AgentOperation cancel(DeleteImage payload, String operationId) {
        return agents.cancelOperation(payload.hostId(), operationId);
    }

    @Override
    StepResult.Succeed<DeleteImage> succeeded(DeleteImage payload, UUID imageId, AgentOperation operation) {
        return new StepResult.Succeed<>(payload, "The image is gone.", () -> images.removed(imageId));
    }

    /**
     * An operation that has failed has removed nothing, so the image stays what it was. After one whose outcome nobody knows
     * there may be no file: the image can only be deleted again.
     */
    @Override
    TransactionalEffects whenFailed(TaskContext<DeleteImage> context, ErrorCode code) {
        return context.attempt() == 0 && code != ErrorCode.OUTCOME_UNKNOWN
                ? TransactionalEffects.NONE
                : () -> images.failed(context.targetId());
    }
}

package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.storage.internal.ImageDeleteHandler.DeleteImage;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
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
    AgentOperation cancel(DeleteImage payload, String operationId) {
        return agents.cancelOperation(payload.hostId(), operationId);
    }

    @Override
    StepResult.Succeed<DeleteImage> succeeded(DeleteImage payload, UUID imageId, AgentOperation operation) {
        return new StepResult.Succeed<>(payload, "The image is gone.", () -> images.removed(imageId));
    }

    /** The file may still be there, so the row stays as it is. */
    @Override
    TransactionalEffects whenFailed(UUID imageId) {
        return TransactionalEffects.NONE;
    }
}

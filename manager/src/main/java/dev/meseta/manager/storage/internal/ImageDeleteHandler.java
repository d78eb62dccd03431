package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.storage.internal.ImageDeleteHandler.DeleteImage;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** {@code image.delete}: a host removes the file, then the row goes. */
@Component
class ImageDeleteHandler implements TaskHandler<DeleteImage> {

    static final String TASK_KIND = "image.delete";

    private final HostAgents agents;
    private final ImageRows images;

    ImageDeleteHandler(HostAgents agents, ImageRows images) {
        this.agents = agents;
        this.images = images;
    }

    /** @param hostId which host does it */
    record DeleteImage(UUID hostId, UUID storageDomainId) {}

    @Override
    public String kind() {
        return TASK_KIND;
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<DeleteImage> payloadType() {
        return DeleteImage.class;
    }

    @Override
    public Class<ImagePhase> phases() {
        return ImagePhase.class;
    }

    @Override
    public StepResult<DeleteImage> step(TaskContext<DeleteImage> context) {
        DeleteImage payload = context.payload();
        UUID imageId = context.targetId();
        return ImageOperation.step(
                context,
                call -> agents.removeImage(payload.hostId(), call, payload.storageDomainId(), imageId),
                done -> new StepResult.Succeed<>(payload, "The image is gone.", () -> images.removed(imageId)),
                StepResult.TransactionalEffects.NONE);
    }
}

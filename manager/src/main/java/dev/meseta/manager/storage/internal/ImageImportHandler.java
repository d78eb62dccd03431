package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.storage.internal.ImageImportHandler.ImportImage;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.util.UUID;
import org.springframework.stereotype.Component;

/** {@code image.import}: a host checks the file and takes it in. */
@Component
class ImageImportHandler implements TaskHandler<ImportImage> {

    static final String TASK_KIND = "image.import";

    private final HostAgents agents;
    private final ImageRows images;

    ImageImportHandler(HostAgents agents, ImageRows images) {
        this.agents = agents;
        this.images = images;
    }

    /** @param hostId which host does it */
    record ImportImage(UUID hostId, UUID storageDomainId, String incomingFile) {}

    @Override
    public String kind() {
        return TASK_KIND;
    }

    @Override
    public int schemaVersion() {
        return 1;
    }

    @Override
    public Class<ImportImage> payloadType() {
        return ImportImage.class;
    }

    @Override
    public Class<ImagePhase> phases() {
        return ImagePhase.class;
    }

    @Override
    public StepResult<ImportImage> step(TaskContext<ImportImage> context) {
        ImportImage payload = context.payload();
        UUID imageId = context.targetId();
        return ImageOperation.step(
                context,
                call -> agents.ensureImage(
                        payload.hostId(), call, payload.storageDomainId(), imageId, payload.incomingFile()),
                done -> {
                    var volume = done.volume();
                    long size = volume == null ? 0 : volume.virtualSizeBytes();
                    return new StepResult.Succeed<>(
                            payload, "The image can be used.", () -> images.ready(imageId, size));
                },
                () -> images.failed(imageId));
    }

    @Override
    public StepResult<ImportImage> giveUp(TaskContext<ImportImage> context, ErrorCode code, String detail) {
        return new StepResult.Fail<>(context.payload(), code, detail, () -> images.failed(context.targetId()));
    }
}

package dev.meseta.manager.storage;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.storage.Storage.Image;
import dev.meseta.manager.tasks.TaskView;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Images that VMs are created from. */
public interface Images {

    /** @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST */
    Page<Image> list(ListRequest request);

    /** @throws dev.meseta.manager.shared.MesetaException NOT_FOUND */
    Image require(UUID imageId);

    /**
     * Lets a host check a file of the storage domain's incoming folder and take it as an image. The task fails with
     * IMAGE_INVALID when it is none.
     *
     * @throws dev.meseta.manager.shared.MesetaException NAME_TAKEN, NOT_FOUND, HOST_NOT_UP when there is no host to do it
     */
    TaskView importImage(NewImage image, RequestContext context);

    /**
     * Takes an image off the storage.
     *
     * @throws dev.meseta.manager.shared.MesetaException NOT_FOUND, STALE_VERSION, OBJECT_IN_USE while disks are built on it
     */
    TaskView delete(UUID imageId, @Nullable Long expectedVersion, RequestContext context);

    /**
     * @param storageDomainId null: the oldest domain
     * @param incomingFile name of a file, no path
     */
    record NewImage(
            String name, String description, @Nullable UUID storageDomainId, String incomingFile) {}
}

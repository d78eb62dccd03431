package dev.meseta.manager.storage;

import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Storage domains, images and disks of the inventory. Rows only; what happens on hosts is done by tasks. */
public interface Storage {

    List<StorageDomain> domains();

    StorageDomain requireDomain(UUID storageDomainId);

    /** @throws dev.meseta.manager.shared.MesetaException IMAGE_NOT_FOUND, IMAGE_NOT_READY */
    Image requireReadyImage(UUID imageId);

    List<Disk> disksOf(UUID vmId);

    /** A disk row in state CREATING. */
    Disk createDisk(UUID vmId, UUID storageDomainId, @Nullable UUID imageId, int index, long sizeBytes);

    void diskReady(UUID diskId, long sizeBytes);

    void diskRemoved(UUID diskId);

    record StorageDomain(
            UUID id, UUID dataCenterId, String name, String kind, String path, long version, Instant createdAt) {}

    record Image(
            UUID id,
            UUID storageDomainId,
            String name,
            String description,
            ImageStatus status,
            long virtualSizeBytes,
            long version,
            Instant createdAt) {}

    enum ImageStatus {
        IMPORTING,
        READY,
        FAILED
    }

    record Disk(
            UUID id,
            UUID vmId,
            UUID storageDomainId,
            @Nullable UUID imageId,
            int index,
            DiskStatus status,
            long sizeBytes) {}

    enum DiskStatus {
        CREATING,
        READY,
        REMOVING
    }
}

package dev.meseta.manager.fakes;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.storage.Storage;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** One storage domain with one image. */
public final class FakeStorage implements Storage {

    public static final UUID DOMAIN = UUID.fromString("00000000-0000-7000-8000-0000000000a1");
    public static final UUID IMAGE = UUID.fromString("00000000-0000-7000-8000-0000000000b1");
    public static final long IMAGE_SIZE = 512L << 20;

    private final FakeRows rows;

    public FakeStorage(FakeRows rows) {
        this.rows = rows;
        image(IMAGE, ImageStatus.READY);
    }

    public void image(UUID imageId, ImageStatus status) {
        rows.images.put(imageId, new Image(imageId, DOMAIN, "debian", "", status, IMAGE_SIZE, 0, Instant.EPOCH));
    }

    @Override
    public List<StorageDomain> domains() {
        return List.of(new StorageDomain(
                DOMAIN, FakeClusters.DATA_CENTER, "shared", "SHARED_DIRECTORY", "/storage", 0, Instant.EPOCH));
    }

    @Override
    public StorageDomain requireDomain(UUID storageDomainId) {
        return domains().stream()
                .filter(domain -> domain.id().equals(storageDomainId))
                .findFirst()
                .orElseThrow(() -> Problems.notFound("storage domain", storageDomainId));
    }

    @Override
    public Image requireReadyImage(UUID imageId) {
        Image image = rows.images.get(imageId);
        if (image == null) {
            throw new MesetaException(ErrorCode.IMAGE_NOT_FOUND, "There is no image " + imageId + ".");
        }
        if (image.status() != ImageStatus.READY) {
            throw new MesetaException(ErrorCode.IMAGE_NOT_READY, "The image is " + image.status() + ".");
        }
        return image;
    }

    @Override
    public List<Disk> disksOf(UUID vmId) {
        return rows.disks.values().stream()
                .filter(disk -> disk.vmId().equals(vmId))
                .toList();
    }

    @Override
    public Disk createDisk(UUID vmId, UUID storageDomainId, @Nullable UUID imageId, int index, long sizeBytes) {
        Disk disk = new Disk(
                new UUID(vmId.getMostSignificantBits(), ~vmId.getLeastSignificantBits() + index),
                vmId,
                storageDomainId,
                imageId,
                index,
                DiskStatus.CREATING,
                sizeBytes);
        rows.disks.put(disk.id(), disk);
        return disk;
    }

    @Override
    public void diskReady(UUID diskId, long sizeBytes) {
        rows.disks.computeIfPresent(
                diskId,
                (id, disk) -> new Disk(
                        id,
                        disk.vmId(),
                        disk.storageDomainId(),
                        disk.imageId(),
                        disk.index(),
                        DiskStatus.READY,
                        sizeBytes));
    }

    @Override
    public void diskRemoved(UUID diskId) {
        rows.disks.remove(diskId);
    }
}

package dev.meseta.manager.storage.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.storage.Storage;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** The rows of storage. */
@Repository
class JdbcStorage implements Storage {

    private final JdbcClient jdbc;
    private final UuidGenerator ids;

    JdbcStorage(JdbcClient jdbc, UuidGenerator ids) {
        this.jdbc = jdbc;
        this.ids = ids;
    }

    @Override
    public List<StorageDomain> domains() {
        return jdbc.sql("SELECT * FROM storage_domain ORDER BY created_at, id")
                .query((row, number) -> domain(row))
                .list();
    }

    @Override
    public StorageDomain requireDomain(UUID storageDomainId) {
        return jdbc.sql("SELECT * FROM storage_domain WHERE id = :id")
                .param("id", storageDomainId)
                .query((row, number) -> domain(row))
                .optional()
                .orElseThrow(() -> Problems.notFound("storage domain", storageDomainId));
    }

    Optional<Image> findImage(UUID imageId) {
        return jdbc.sql("SELECT * FROM image WHERE id = :id")
                .param("id", imageId)
                .query((row, number) -> image(row))
                .optional();
    }

    @Override
    public Image requireReadyImage(UUID imageId) {
        Image image = findImage(imageId)
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.IMAGE_NOT_FOUND,
                        "There is no image with the id %s. GET /images lists those there are.".formatted(imageId)));
        if (image.status() != ImageStatus.READY) {
            throw new MesetaException(
                    ErrorCode.IMAGE_NOT_READY,
                    "The image '%s' is %s, not READY.".formatted(image.name(), image.status()));
        }
        return image;
    }

    @Override
    public List<Disk> disksOf(UUID vmId) {
        return jdbc.sql("SELECT * FROM disk WHERE vm_id = :vm ORDER BY disk_index")
                .param("vm", vmId)
                .query((row, number) -> disk(row))
                .list();
    }

    @Override
    public Disk createDisk(UUID vmId, UUID storageDomainId, @Nullable UUID imageId, int index, long sizeBytes) {
        Disk disk = new Disk(ids.next(), vmId, storageDomainId, imageId, index, DiskStatus.CREATING, sizeBytes);
        jdbc.sql("""
                        INSERT INTO disk (id, vm_id, storage_domain_id, image_id, disk_index, status, size_bytes)
                        VALUES (:id, :vm, :domain, :image, :index, :status, :size)
                        """)
                .param("id", disk.id())
                .param("vm", vmId)
                .param("domain", storageDomainId)
                .param("image", imageId)
                .param("index", index)
                .param("status", disk.status().name())
                .param("size", sizeBytes)
                .update();
        return disk;
    }

    @Override
    public void diskReady(UUID diskId, long sizeBytes) {
        jdbc.sql("UPDATE disk SET status = 'READY', size_bytes = :size WHERE id = :id")
                .param("size", sizeBytes)
                .param("id", diskId)
                .update();
    }

    @Override
    public void diskRemoved(UUID diskId) {
        jdbc.sql("DELETE FROM disk WHERE id = :id").param("id", diskId).update();
    }

    static Image image(ResultSet row) throws SQLException {
        return new Image(
                row.getObject("id", UUID.class),
                row.getObject("storage_domain_id", UUID.class),
                row.getString("name"),
                row.getString("description"),
                ImageStatus.valueOf(row.getString("status")),
                row.getLong("virtual_size_bytes"),
                row.getLong("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    static StorageDomain domain(ResultSet row) throws SQLException {
        return new StorageDomain(
                row.getObject("id", UUID.class),
                row.getObject("data_center_id", UUID.class),
                row.getString("name"),
                row.getString("kind"),
                row.getString("path"),
                row.getLong("version"),
                row.getObject("created_at", OffsetDateTime.class).toInstant());
    }

    private static Disk disk(ResultSet row) throws SQLException {
        return new Disk(
                row.getObject("id", UUID.class),
                row.getObject("vm_id", UUID.class),
                row.getObject("storage_domain_id", UUID.class),
                row.getObject("image_id", UUID.class),
                row.getInt("disk_index"),
                DiskStatus.valueOf(row.getString("status")),
                row.getLong("size_bytes"));
    }
}

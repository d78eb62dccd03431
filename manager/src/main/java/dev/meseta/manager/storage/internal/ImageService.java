package dev.meseta.manager.storage.internal;

import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.database.ListQueries;
import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.AccessColumns;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.inventory.Host;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventPublisher;
import dev.meseta.manager.shared.EventPublisher.EventDraft;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.storage.Images;
import dev.meseta.manager.storage.Storage.Image;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Images: their rows, and the tasks that import and delete them. */
@Service
class ImageService implements Images {

    private static final ListFields FIELDS = ListFields.builder("image.id", ListFields.Type.ID, "name")
            .freeText("image.name")
            .freeText("image.description")
            .term("name", "image.name")
            .term("status", "image.status")
            .sort("name", "image.name", ListFields.Type.TEXT)
            .sort("createdAt", "image.created_at", ListFields.Type.TIMESTAMP)
            .build();

    private static final AccessColumns ACCESS = AccessColumns.images("image.id", "image.storage_domain_id");

    private final JdbcClient jdbc;
    private final JdbcStorage storage;
    private final Hosts hosts;
    private final HostAgents agents;
    private final Tasks tasks;
    private final EventPublisher events;
    private final UuidGenerator ids;
    private final InstantSource clock;
    private final Access access;

    ImageService(
            JdbcClient jdbc,
            JdbcStorage storage,
            Hosts hosts,
            HostAgents agents,
            Tasks tasks,
            EventPublisher events,
            UuidGenerator ids,
            InstantSource clock,
            Access access) {
        this.access = access;
        this.jdbc = jdbc;
        this.storage = storage;
        this.hosts = hosts;
        this.agents = agents;
        this.tasks = tasks;
        this.events = events;
        this.ids = ids;
        this.clock = clock;
    }

    @Override
    public Page<Image> list(ListRequest request) {
        return ListQueries.page(
                jdbc,
                request,
                FIELDS,
                access.visible(Permission.IMAGE_READ, ACCESS),
                "image.*",
                "image",
                JdbcStorage::image);
    }

    @Override
    public Image require(UUID imageId) {
        access.require(Permission.IMAGE_READ, ObjectRef.image(imageId));
        return storage.findImage(imageId).orElseThrow(() -> Problems.notFound(ImageRows.KIND, imageId));
    }

    @Override
    @Transactional
    public TaskView importImage(NewImage image, RequestContext context) {
        UUID domainId = image.storageDomainId() != null
                ? storage.requireDomain(image.storageDomainId()).id()
                : storage.domains().getFirst().id();
        access.require(Permission.IMAGE_CREATE, ObjectRef.storageDomain(domainId));
        UUID hostId = anyHost();
        UUID imageId = ids.next();
        int inserted = jdbc.sql("""
                        INSERT INTO image (id, storage_domain_id, name, description, status, created_at)
                        VALUES (:id, :domain, :name, :description, 'IMPORTING', :now)
                        ON CONFLICT (name) DO NOTHING
                        """)
                .param("id", imageId)
                .param("domain", domainId)
                .param("name", image.name())
                .param("description", image.description())
                .param("now", clock.instant().atOffset(ZoneOffset.UTC))
                .update();
        if (inserted == 0) {
            throw new MesetaException(
                    ErrorCode.NAME_TAKEN,
                    "There is an image named '%s' already; choose another name.".formatted(image.name()));
        }
        events.publish(EventDraft.changed(ImageRows.KIND, imageId));
        return tasks.submit(new Submission<>(
                ImageImportHandler.TASK_KIND,
                new ImageImportHandler.ImportImage(hostId, domainId, image.incomingFile()),
                ImageRows.KIND,
                imageId,
                image.name(),
                true,
                context.correlationId(),
                context.principal(),
                Optional.empty()));
    }

    @Override
    @Transactional
    public TaskView delete(UUID imageId, @Nullable Long expectedVersion, RequestContext context) {
        access.require(Permission.IMAGE_DELETE, ObjectRef.image(imageId));
        Image image = storage.findImage(imageId).orElseThrow(() -> Problems.notFound(ImageRows.KIND, imageId));
        if (expectedVersion != null && expectedVersion != image.version()) {
            throw new MesetaException(
                    ErrorCode.STALE_VERSION,
                    "The image '%s' has changed: its version is %d, not %d. Read it again."
                            .formatted(image.name(), image.version(), expectedVersion));
        }
        long disks = jdbc.sql("SELECT count(*) FROM disk WHERE image_id = :id")
                .param("id", imageId)
                .query(Long.class)
                .single();
        if (disks > 0) {
            throw new MesetaException(
                    ErrorCode.OBJECT_IN_USE,
                    "The image '%s' cannot be deleted: %d disks are built on it. Delete their VMs first."
                            .formatted(image.name(), disks));
        }
        return tasks.submit(new Submission<>(
                ImageDeleteHandler.TASK_KIND,
                new ImageDeleteHandler.DeleteImage(anyHost(), image.storageDomainId()),
                ImageRows.KIND,
                imageId,
                image.name(),
                true,
                context.correlationId(),
                context.principal(),
                Optional.empty()));
    }

    /** Every host of the data center has the domain, so the first one that answers will do. */
    private UUID anyHost() {
        return hosts.all().stream()
                .filter(host -> host.observed().status() == HostStatus.UP && agents.isConnected(host.id()))
                .map(Host::id)
                .findFirst()
                .orElseThrow(() -> new MesetaException(
                        ErrorCode.HOST_NOT_UP, "No host is UP, and a host has to do the work. Let one join or wait."));
    }
}

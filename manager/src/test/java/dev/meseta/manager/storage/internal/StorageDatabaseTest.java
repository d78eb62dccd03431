package dev.meseta.manager.storage.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.zaxxer.hikari.HikariDataSource;
import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.database.OnceForAll;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.database.TestRows;
import dev.meseta.manager.fakes.Cancelled;
import dev.meseta.manager.fakes.FakeClusters;
import dev.meseta.manager.fakes.FakeDataCenter;
import dev.meseta.manager.fakes.FakeStorage;
import dev.meseta.manager.fakes.OpenAccess;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.VmDetails.VmDisk;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.storage.Images.NewImage;
import dev.meseta.manager.storage.Storage.Disk;
import dev.meseta.manager.storage.Storage.DiskStatus;
import dev.meseta.manager.storage.Storage.Image;
import dev.meseta.manager.storage.Storage.ImageStatus;
import dev.meseta.manager.storage.Storage.StorageDomain;
import dev.meseta.manager.tasks.TaskState;
import dev.meseta.manager.tasks.TaskView;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.springframework.boot.DefaultApplicationArguments;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.support.JdbcTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** Storage domains, images and disks as rows; hosts and tasks are fakes. */
@Tag("integration")
class StorageDatabaseTest {

    private static final TestPostgres.Database DATABASE = TestPostgres.create();
    private static final long GIB = 1L << 30;

    private final HikariDataSource pool = emptied();
    private final JdbcClient jdbc = JdbcClient.create(pool);
    private final TransactionTemplate transactions = new TransactionTemplate(new JdbcTransactionManager(pool));
    private final TestRows rows = new TestRows(jdbc);
    private final FakeDataCenter center = new FakeDataCenter();
    private final JdbcStorage storage = new JdbcStorage(jdbc, center.ids);
    private final ImageRows imageRows = new ImageRows(jdbc, center.events);
    private final ImageService images = new ImageService(
            jdbc,
            storage,
            center.hosts,
            center.agents,
            center.tasks,
            center.events,
            center.ids,
            center.clock,
            new OpenAccess());
    private final StoredStorageLists lists = new StoredStorageLists(jdbc, storage, new OpenAccess());
    private StorageDomain domain = new FakeStorage(center.rows).domains().getFirst();

    private static HikariDataSource emptied() {
        HikariDataSource pool = DATABASE.pool();
        JdbcClient.create(pool).sql("TRUNCATE data_center CASCADE").update();
        return pool;
    }

    @BeforeEach
    void makeTheDefaultDomain() {
        rows.dataCenter(FakeClusters.DATA_CENTER);
        managerStarts();
        domain = storage.domains().getFirst();
        center.tasks.register(new ImageImportHandler(center.agents, imageRows));
        center.tasks.register(new ImageDeleteHandler(center.agents, imageRows));
    }

    @AfterEach
    void close() {
        pool.close();
    }

    // --- domains

    @Test
    void the_default_domain_is_made_once() {
        managerStarts();

        assertThat(storage.domains()).containsExactly(domain);
        assertThat(domain.dataCenterId()).isEqualTo(FakeClusters.DATA_CENTER);
        assertThat(domain.kind()).isEqualTo("SHARED_DIRECTORY");
        assertThat(domain.path()).isEqualTo("/storage");
        assertThat(domain.createdAt()).isEqualTo(center.clock.instant());
        assertThat(storage.requireDomain(domain.id())).isEqualTo(domain);
        refused(ErrorCode.NOT_FOUND, () -> storage.requireDomain(UUID.randomUUID()));
    }

    @Test
    void domains_are_listed_page_by_page_searched_and_sorted() {
        domain("archive", "/archive");
        domain("backup", "/backup");

        var first = lists.domains(ListRequest.of(null, null, 2, null));
        var second = lists.domains(ListRequest.of(null, null, 2, first.nextCursor()));

        assertThat(first.items()).extracting(StorageDomain::name).containsExactly("archive", "backup");
        assertThat(second.items()).containsExactly(domain);
        assertThat(second.nextCursor()).isNull();
        assertThat(listed("name:a*", null)).containsExactly("archive");
        assertThat(listed("/back", null)).containsExactly("backup");
        assertThat(listed("kind:shared_directory", "-name")).containsExactly("default", "backup", "archive");
        refused(ErrorCode.MALFORMED_REQUEST, () -> listed("colour:red", null));
    }

    // --- images

    @Test
    void an_image_is_there_from_the_start_and_ready_at_the_end() {
        TaskView task = importImage("debian");
        UUID id = task.target().id();
        Image importing = images.require(id);
        assertThat(importing.status()).isEqualTo(ImageStatus.IMPORTING);
        assertThat(importing.storageDomainId()).isEqualTo(domain.id());
        assertThat(importing.createdAt()).isEqualTo(center.clock.instant());
        refused(ErrorCode.IMAGE_NOT_READY, () -> storage.requireReadyImage(id));

        center.run();
        center.agents.finish("image.ensure");
        center.run();

        center.assertSucceeded(task);
        Image ready = storage.requireReadyImage(id);
        assertThat(ready.virtualSizeBytes()).isEqualTo(FakeStorage.IMAGE_SIZE);
        assertThat(ready.version()).isGreaterThan(importing.version());
        assertThat(images.list(ListRequest.of("debian", null, null, null)).items())
                .containsExactly(ready);
        assertThat(center.events.published)
                .allSatisfy(event -> assertThat(event.kind()).isEqualTo("image.changed"))
                .hasSize(2);
    }

    @Test
    void a_file_that_is_no_image_leaves_one_that_failed() {
        center.agents.nextEnds("image.ensure", State.FAILED, ErrorCode.IMAGE_INVALID);
        TaskView task = importImage("holiday-photo");

        center.run();

        ended(task, ErrorCode.IMAGE_INVALID);
        assertThat(images.require(task.target().id()).status()).isEqualTo(ImageStatus.FAILED);
    }

    @Test
    void an_outcome_nobody_knows_is_asked_for_anew_and_silence_waited_out() {
        center.agents.nextEnds("image.ensure", State.OUTCOME_UNKNOWN, null);
        TaskView task = importImage("debian");
        center.run();
        center.assertUnfinished(task);

        center.agents.agentDies(FakeDataCenter.HOST_1);
        center.after(Duration.ofMinutes(5));
        center.assertUnfinished(task);

        center.agents.networkReturns(FakeDataCenter.HOST_1);
        center.after(Duration.ofSeconds(10));
        center.agents.finish("image.ensure");
        center.run();
        center.assertSucceeded(task);
        assertThat(center.agents.calls()).containsExactly("image.ensure", "image.ensure");
    }

    @Test
    void a_name_is_taken_once_and_what_an_import_needs_must_be_there() {
        importImage("debian");

        refused(ErrorCode.NAME_TAKEN, () -> importImage("debian"));
        refused(
                ErrorCode.NOT_FOUND,
                () -> images.importImage(
                        new NewImage("other", "", UUID.randomUUID(), "other.qcow2"), FakeDataCenter.TESTER));
        center.hosts.status(FakeDataCenter.HOST_1, HostStatus.NON_RESPONSIVE);
        center.hosts.status(FakeDataCenter.HOST_2, HostStatus.MAINTENANCE);
        refused(ErrorCode.HOST_NOT_UP, () -> importImage("other"));
        assertThat(images.list(ListRequest.of(null, null, null, null)).items()).hasSize(1);
    }

    @Test
    void an_import_that_is_rolled_back_leaves_nothing() {
        transactions.executeWithoutResult(status -> {
            importImage("debian");
            status.setRollbackOnly();
        });

        assertThat(images.list(ListRequest.of(null, null, null, null)).items()).isEmpty();
    }

    @Test
    void an_image_goes_when_no_disk_is_built_on_it() {
        Image image = readyImage("debian");
        Disk disk = storage.createDisk(vm(), domain.id(), image.id(), 0, GIB);

        refused(ErrorCode.OBJECT_IN_USE, () -> images.delete(image.id(), null, FakeDataCenter.TESTER));
        storage.diskRemoved(disk.id());
        refused(ErrorCode.STALE_VERSION, () -> images.delete(image.id(), image.version() + 1, FakeDataCenter.TESTER));

        TaskView failing = images.delete(image.id(), image.version(), FakeDataCenter.TESTER);
        center.agents.nextEnds("image.remove", State.FAILED, ErrorCode.STORAGE_UNAVAILABLE);
        center.run();
        ended(failing, ErrorCode.STORAGE_UNAVAILABLE);
        assertThat(images.require(image.id())).isEqualTo(image);

        TaskView task = images.delete(image.id(), image.version(), FakeDataCenter.TESTER);
        center.run();
        center.agents.finish("image.remove");
        center.run();
        center.assertSucceeded(task);
        refused(ErrorCode.NOT_FOUND, () -> images.require(image.id()));
        refused(ErrorCode.IMAGE_NOT_FOUND, () -> storage.requireReadyImage(image.id()));
    }

    @Test
    void a_cancel_at_any_moment_leaves_an_image_that_is_ready_and_there_or_can_be_deleted() {
        for (boolean atOnce : List.of(false, true)) {
            for (boolean unknownFirst : List.of(false, true)) {
                for (boolean importing : List.of(true, false)) {
                    int moments = 0;
                    while (cancelledAfter(moments, atOnce, unknownFirst, importing)) {
                        moments++;
                    }
                    assertThat(moments).isGreaterThan(1);
                }
            }
        }
    }

    private boolean cancelledAfter(int moment, boolean atOnce, boolean unknownFirst, boolean importing) {
        center.agents.immediate.remove("cancel");
        String name = "image-" + center.ids.next();
        UUID known = importing ? null : readyImage(name).id();
        if (atOnce) {
            center.agents.immediate.add("cancel");
        }
        if (unknownFirst) {
            center.agents.nextEnds(importing ? "image.ensure" : "image.remove", State.OUTCOME_UNKNOWN, null);
        }
        TaskView task = known == null ? importImage(name) : images.delete(known, null, FakeDataCenter.TESTER);
        boolean cancelled = Cancelled.after(center, task, moment);
        center.agents.clearFaults();

        UUID id = task.target().id();
        String when = "%s, cancelled after %d steps".formatted(task.kind(), moment);
        boolean there = center.agents.images.contains(id);
        var image = storage.findImage(id);
        if (image.isEmpty()) {
            assertThat(there).as(when).isFalse();
        } else if (image.get().status() == ImageStatus.READY) {
            assertThat(there).as(when).isTrue();
        } else {
            assertThat(image.get().status()).as(when).isEqualTo(ImageStatus.FAILED);
            center.agents.immediate.add("image.remove");
            center.assertSucceeded(deleted(id));
            center.agents.immediate.remove("image.remove");
            assertThat(center.agents.images).as(when).doesNotContain(id);
        }
        return cancelled;
    }

    private TaskView deleted(UUID imageId) {
        TaskView task = images.delete(imageId, null, FakeDataCenter.TESTER);
        center.run();
        return task;
    }

    // --- disks

    @Test
    void a_vms_disks_are_told_in_their_order() {
        Image image = readyImage("debian");
        UUID vm = vm();
        UUID other = vm();
        Disk second = storage.createDisk(vm, domain.id(), null, 1, 2 * GIB);
        Disk first = storage.createDisk(vm, domain.id(), image.id(), 0, GIB);
        Disk elsewhere = storage.createDisk(other, domain.id(), null, 0, GIB);

        assertThat(storage.disksOf(vm)).containsExactly(first, second);
        assertThat(first.status()).isEqualTo(DiskStatus.CREATING);

        storage.diskReady(first.id(), 3 * GIB);
        storage.diskRemoved(second.id());

        assertThat(storage.disksOf(vm))
                .containsExactly(new Disk(first.id(), vm, domain.id(), image.id(), 0, DiskStatus.READY, 3 * GIB));
        var details = new DisksOfVms(jdbc).disks(List.of(vm, other, UUID.randomUUID()));
        assertThat(details).containsOnlyKeys(vm, other);
        assertThat(details.get(vm))
                .containsExactly(new VmDisk(first.id(), domain.id(), image.id(), 0, "READY", 3 * 1024));
        assertThat(details.get(other))
                .containsExactly(new VmDisk(elsewhere.id(), domain.id(), null, 0, "CREATING", 1024));
        assertThat(new DisksOfVms(jdbc).disks(List.of())).isEmpty();
    }

    private void managerStarts() {
        new DefaultStorageDomain(
                        new OnceForAll(jdbc, transactions), jdbc, center.clusters, center.ids, center.clock, "/storage")
                .run(new DefaultApplicationArguments());
    }

    private void domain(String name, String path) {
        jdbc.sql("""
                        INSERT INTO storage_domain (id, data_center_id, name, kind, path, created_at)
                        VALUES (:id, :dataCenter, :name, 'SHARED_DIRECTORY', :path, now())""")
                .param("id", UUID.randomUUID())
                .param("dataCenter", FakeClusters.DATA_CENTER)
                .param("name", name)
                .param("path", path)
                .update();
    }

    private List<String> listed(@Nullable String q, @Nullable String sort) {
        return lists.domains(ListRequest.of(q, sort, null, null)).items().stream()
                .map(StorageDomain::name)
                .toList();
    }

    private TaskView importImage(String name) {
        return images.importImage(new NewImage(name, "", null, name + ".qcow2"), FakeDataCenter.TESTER);
    }

    private Image readyImage(String name) {
        UUID id = importImage(name).target().id();
        center.run();
        center.agents.finish("image.ensure");
        center.run();
        return storage.requireReadyImage(id);
    }

    private UUID vm() {
        return rows.vm(rows.cluster(FakeClusters.DATA_CENTER));
    }

    private void ended(TaskView task, ErrorCode code) {
        assertThat(center.tasks.row(task.id())).satisfies(row -> {
            assertThat(row.state()).isEqualTo(TaskState.FAILED);
            assertThat(row.error()).isEqualTo(code);
        });
    }

    private static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatExceptionOfType(MesetaException.class)
                .isThrownBy(call)
                .satisfies(e -> assertThat(e.code()).isEqualTo(code));
    }
}

package dev.meseta.manager.placement.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.ManagerApplication;
import dev.meseta.manager.database.TestPostgres;
import dev.meseta.manager.inventory.Clusters;
import dev.meseta.manager.inventory.HostDetails.HostReserved;
import dev.meseta.manager.inventory.HostStatus;
import dev.meseta.manager.inventory.Hosts;
import dev.meseta.manager.inventory.Observations;
import dev.meseta.manager.inventory.Observations.HostReport;
import dev.meseta.manager.inventory.PowerState;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.placement.Placement;
import dev.meseta.manager.placement.Placement.PlacementRequest;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.DynamicPropertyRegistry;
import org.springframework.test.context.DynamicPropertySource;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** A task reserves capacity in the whole manager: its transactions are JPA's, its inventory is the stored one. */
@Tag("integration")
@SpringBootTest(
        classes = {ManagerApplication.class, PlacementInManagerTest.Handlers.class},
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT)
@DirtiesContext
class PlacementInManagerTest {

    private static final long GIB = 1L << 30;

    @TempDir
    private static Path state;

    @Autowired
    private Tasks tasks;

    @Autowired
    private Hosts hosts;

    @Autowired
    private Clusters clusters;

    @Autowired
    private Vms vms;

    @Autowired
    private Observations observations;

    @Autowired
    private Placement placement;

    @Autowired
    private ReservedDetails details;

    @Autowired
    private UuidGenerator ids;

    @Autowired
    private InstantSource clock;

    @Autowired
    private PlatformTransactionManager transactionManager;

    @Autowired
    private Handlers.Reserving handler;

    @DynamicPropertySource
    static void settings(DynamicPropertyRegistry registry) {
        TestPostgres.Database database = TestPostgres.create();
        registry.add("meseta.state-dir", () -> state.toString());
        registry.add("meseta.database.url", database::jdbcUrl);
        registry.add("meseta.database.username", database::username);
        registry.add("meseta.database.password", database::password);
        registry.add("meseta.grpc.listen", () -> "127.0.0.1:0");
    }

    @Test
    void a_vm_made_and_placed_in_one_transaction_holds_its_place_only_if_that_commits() throws Exception {
        UUID hostId = hostThatIsUp("host-1", 4 * GIB);

        // Made and submitted together: the task's reservation refers to a VM that JPA has written.
        TaskView fits = submit("fits", GIB);
        assertThat(handler.ended.poll(30, TimeUnit.SECONDS))
                .isEqualTo(fits.target().id());
        TaskView tooBig = submit("too-big", 64 * GIB);
        assertThat(handler.ended.poll(30, TimeUnit.SECONDS))
                .isEqualTo(tooBig.target().id());

        assertThat(tasks.unfinishedFor(fits.target().id())).isPresent();
        assertThat(placement.reservedOn(hostId).vms()).isEqualTo(1);
        assertThat(vms.require(fits.target().id()).hostId()).isEqualTo(hostId);
        HostReserved shown =
                Objects.requireNonNull(details.reserved(List.of(hostId)).get(hostId));
        assertThat(shown.vms()).isEqualTo(1);
        assertThat(shown.memoryMiB()).isGreaterThan(1024);
        assertThat(vms.require(tooBig.target().id()).hostId()).isNull();
    }

    private TaskView submit(String name, long memoryBytes) {
        return Objects.requireNonNull(new TransactionTemplate(transactionManager).execute(status -> {
            UUID vmId = ids.next();
            vms.create(new Vms.NewVm(
                    vmId,
                    clusters.defaultCluster().id(),
                    name,
                    "",
                    1,
                    memoryBytes,
                    Vm.Firmware.BIOS,
                    null,
                    "",
                    PowerState.STOPPED,
                    null,
                    null));
            return tasks.submit(new Submission<>(
                    "test.reserve",
                    new Handlers.Size(memoryBytes),
                    "vm",
                    vmId,
                    name,
                    true,
                    "c",
                    "admin",
                    Optional.empty()));
        }));
    }

    private UUID hostThatIsUp(String name, long memoryBytes) {
        UUID id = ids.next();
        hosts.register(id, clusters.defaultCluster().id(), name, "127.0.0.1:1", "127.0.0.1");
        observations.hostDescribed(
                id,
                new HostReport(
                        "boot",
                        "agent",
                        1,
                        clock.instant(),
                        "1",
                        name,
                        "6",
                        "9",
                        "7",
                        4,
                        "qemu64",
                        memoryBytes,
                        "TCG",
                        List.of(),
                        List.of(),
                        "127.0.0.1:1",
                        "127.0.0.1"));
        observations.hostStatus(id, HostStatus.UP, "");
        return id;
    }

    /** The kind of task this test is about. */
    @TestConfiguration(proxyBeanMethods = false)
    static class Handlers {

        record Size(long memoryBytes) {}

        enum Phases {
            RESERVE,
            HELD
        }

        @Bean
        Reserving reserving(Placement placement, Vms vms, Clusters clusters) {
            return new Reserving(placement, vms, clusters);
        }

        static final class Reserving implements TaskHandler<Size> {

            final SynchronousQueue<UUID> ended = new SynchronousQueue<>();
            private final Placement placement;
            private final Vms vms;
            private final Clusters clusters;

            Reserving(Placement placement, Vms vms, Clusters clusters) {
                this.placement = placement;
                this.vms = vms;
                this.clusters = clusters;
            }

            @Override
            public String kind() {
                return "test.reserve";
            }

            @Override
            public int schemaVersion() {
                return 1;
            }

            @Override
            public Class<Size> payloadType() {
                return Size.class;
            }

            @Override
            public Class<? extends Enum<?>> phases() {
                return Phases.class;
            }

            @Override
            public StepResult<Size> step(TaskContext<Size> context) {
                if (context.phase().equals(Phases.HELD.name())) {
                    tell(context.targetId());
                    return new StepResult.Wait<>(context.payload(), Duration.ofHours(1));
                }
                return new StepResult.Advance<>(Phases.HELD.name(), context.payload(), "reserved", () -> {
                    UUID hostId = placement.reserve(
                            new PlacementRequest(
                                    Optional.of(context.targetId()),
                                    clusters.defaultCluster().id(),
                                    1,
                                    context.payload().memoryBytes(),
                                    Optional.empty(),
                                    Optional.empty()),
                            context.taskId());
                    vms.setHost(context.targetId(), hostId);
                });
            }

            @Override
            public StepResult<Size> giveUp(TaskContext<Size> context, ErrorCode code, String detail) {
                if (code != ErrorCode.NOT_ENOUGH_CAPACITY) {
                    throw new MesetaException(ErrorCode.INTERNAL, "gave up for another reason: " + code + " " + detail);
                }
                tell(context.targetId());
                return TaskHandler.super.giveUp(context, code, detail);
            }

            private void tell(UUID vmId) {
                try {
                    ended.put(vmId);
                } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}

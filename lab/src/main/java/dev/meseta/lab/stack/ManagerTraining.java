package dev.meseta.lab.stack;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.fleet.FleetProcess;
import dev.meseta.lab.fleet.SimulatedHosts;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.process.Programs;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import tools.jackson.databind.JsonNode;

/**
 * A manager that lives only to be watched by its virtual machine: it starts on a database of its own, does the usual work
 * on a few simulated hosts and ends in order, upon which the virtual machine writes down what it has learnt.
 */
final class ManagerTraining implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofMinutes(2);
    private static final Duration TASK_LIMIT = Duration.ofMinutes(1);
    /** Ends the manager, reads what it has written down and makes the cache of it. */
    private static final Duration WRITE_LIMIT = Duration.ofMinutes(3);

    private static final int HOSTS = 8;
    private static final int VMS = 200;
    private static final int CLIENTS = 8;
    /** One of so many is stopped. */
    private static final int STOPPED = 4;

    private static final List<String> LISTS = List.of(
            "/vms?limit=50&sort=-name&q=training-0",
            "/vms?limit=50&q=status:up",
            "/hosts?limit=50",
            "/tasks?limit=50",
            "/events?limit=50",
            "/managers");

    /** Fleets of labs have smaller numbers. */
    private static final int FIRST_NETWORK = 200;

    private static final int NETWORKS = 50;

    private final Installation programs;
    private final Path work;
    private final Path log;
    private final Path cache;
    private final StateFolder state;
    private final FleetProcess fleet;
    private final List<Process> managers = new ArrayList<>();

    /**
     * @param work a folder for what it needs; there is nothing of value in it afterwards
     * @param log what it says
     * @param cache the file to be written
     */
    ManagerTraining(Installation programs, Path work, Path log, Path cache) {
        this.programs = programs;
        this.work = work;
        this.log = log;
        this.cache = cache;
        this.state = new StateFolder(work);
        this.fleet = new FleetProcess(work.resolve("fleet"));
    }

    /**
     * Does it all; the file is there afterwards.
     *
     * @throws IllegalStateException when anything goes wrong, among other exceptions
     */
    void run() throws IOException {
        Files.createDirectories(incoming());
        int agentPort = freePort();
        Process manager = start(freePort(), agentPort);
        Path access = state.manager(1).resolve("access.json");
        Await.until("the manager in training", START_LIMIT, () -> {
            if (!manager.isAlive()) {
                throw new IllegalStateException("the manager in training has ended");
            }
            return Files.exists(access);
        });
        try (MesetaClient client = MesetaClient.fromAccessFile(access)) {
            work(client, agentPort);
        } finally {
            fleet.stop();
        }
        manager.destroy();
        Await.until("the start-up cache", WRITE_LIMIT, () -> !manager.isAlive());
        if (!Files.exists(cache) || Files.size(cache) == 0) {
            throw new IllegalStateException("the virtual machine has not written it");
        }
    }

    private Process start(int httpsPort, int agentPort) throws IOException {
        List<String> command = new ArrayList<>(programs.managerCommand(List.of("-XX:AOTCacheOutput=" + cache)));
        command.addAll(List.of(
                ManagerProcess.STATE_OPTION + state.manager(1),
                "--meseta.database.durable=false",
                "--server.port=" + httpsPort,
                "--meseta.public-address=127.0.0.1",
                "--meseta.grpc.listen=127.0.0.1:" + agentPort,
                "--meseta.default-storage.path=" + LabHost.SHARED_STORAGE));
        Process manager = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        managers.add(manager);
        return manager;
    }

    private void work(MesetaClient client, int agentPort) {
        new SimulatedHosts(fleet)
                .up(
                        programs.agent(),
                        new FleetProcess.Settings(
                                HOSTS,
                                FIRST_NETWORK + (int) (ProcessHandle.current().pid() % NETWORKS),
                                "127.0.0.1:" + agentPort,
                                LabHost.SHARED_STORAGE,
                                storage(),
                                1,
                                Optional.empty()),
                        client);
        Programs.run(
                "qemu-img",
                "create",
                "-q",
                "-f",
                "qcow2",
                incoming().resolve("blank.qcow2").toString(),
                "64M");
        try {
            JsonNode image = client.awaitSuccess(
                    client.submit("POST", "/images", Map.of("name", "training", "incomingFile", "blank.qcow2")),
                    TASK_LIMIT);
            useVms(client, image.required("target").required("id").stringValue());
        } catch (TimeoutException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As people do: one makes a VM, looks at lists, stops it. */
    private static void useVms(MesetaClient client, String imageId) {
        AtomicInteger next = new AtomicInteger();
        List<Future<?>> clients = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int each = 0; each < CLIENTS; each++) {
                clients.add(threads.submit(() -> {
                    for (int number = next.getAndIncrement(); number < VMS; number = next.getAndIncrement()) {
                        useVm(client, imageId, number);
                    }
                    return null;
                }));
            }
        }
        for (Future<?> each : clients) {
            try {
                Object unused = each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted", e);
            }
        }
    }

    private static void useVm(MesetaClient client, String imageId, int number) throws TimeoutException {
        JsonNode created = client.submitAndAwait(
                "POST",
                "/vms",
                Map.of("name", "training-" + number, "imageId", imageId, "vcpus", 1, "memoryMiB", 128),
                TASK_LIMIT);
        JsonNode unused = client.get(LISTS.get(number % LISTS.size()));
        if (number % STOPPED == 0) {
            JsonNode unusedToo = client.submitAndAwait(
                    "POST",
                    "/vms/" + created.required("target").required("id").stringValue() + "/stop",
                    Map.of("mode", "FORCED"),
                    TASK_LIMIT);
        }
    }

    private Path storage() {
        return work.resolve("storage");
    }

    private Path incoming() {
        return storage().resolve("incoming");
    }

    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return any.getLocalPort();
        }
    }

    /** Nothing of it goes on. */
    @Override
    public void close() {
        fleet.stop();
        for (Process manager : managers) {
            manager.descendants().forEach(ProcessHandle::destroyForcibly);
            manager.destroyForcibly();
        }
        new EmbeddedDatabase(state).stop();
    }
}

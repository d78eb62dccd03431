package dev.meseta.lab.bench;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.fleet.FleetClient;
import dev.meseta.lab.host.Lab;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.process.FileTrees;
import dev.meseta.lab.process.ProgramResult;
import dev.meseta.lab.process.Programs;
import dev.meseta.lab.stack.ManagerProcess;
import dev.meseta.lab.stack.Stack;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import tools.jackson.databind.JsonNode;

/** Two real hosts, or many simulated ones, and a manager of a benchmark's own, gone when closed. */
final class BenchDataCenter implements AutoCloseable {

    private static final int HOSTS = 2;

    private static final Duration FILLING_LIMIT = Duration.ofMinutes(5);

    private final Stack stack;
    private final MesetaClient client;

    BenchDataCenter(BenchContext context) {
        this(context, HOSTS, 0);
    }

    /** Simulated hosts and nothing else. */
    static BenchDataCenter ofSimulatedHosts(BenchContext context) {
        return new BenchDataCenter(context, 0, context.simulatedHosts());
    }

    private BenchDataCenter(BenchContext context, int hosts, int simulated) {
        // What an earlier run left behind must not be measured again.
        try {
            FileTrees.delete(context.work());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        this.stack = Stack.forThisProcess(context.repository(), context.work());
        stack.up(hosts, simulated, Optional.empty(), context.progress());
        this.client = stack.client();
    }

    MesetaClient client() {
        return client;
    }

    /** A value of the access file; see {@link Stack#accessValue}. */
    String access(String name) {
        return stack.accessValue(name);
    }

    /** The manager and the simulated hosts, which must run. */
    ProcessHandle managerProcess() {
        return stack.manager().running().orElseThrow();
    }

    /** Its own processes and those it has started. */
    ProcessHandle databaseProcess() {
        return stack.postgres().running().orElseThrow();
    }

    /** For what the API does not offer. */
    Connection database() throws SQLException {
        return stack.postgres().connect(FILLING_LIMIT);
    }

    /** So many managers from now on. */
    List<ManagerProcess> managers(int count, BenchContext context) {
        stack.up(new Stack.Wanted(0, 0, count, Optional.empty()), context.progress());
        return stack.managers();
    }

    ProcessHandle fleetProcess() {
        return stack.fleet().running().orElseThrow();
    }

    /** Tells the simulated hosts what to do. */
    FleetClient fleetOrders() {
        return stack.fleet().connect();
    }

    Lab lab() {
        return stack.lab();
    }

    List<LabHost> hosts() {
        return stack.lab().hosts();
    }

    /** The id the manager knows a host by. */
    String idOf(LabHost host) {
        for (JsonNode item : client.get("/hosts?limit=500").required("items")) {
            if (item.required("name").stringValue().equals(host.name())) {
                return item.required("id").stringValue();
            }
        }
        throw new IllegalStateException("the manager does not know " + host.name());
    }

    /** The commit that is measured, with a mark when there are changes beside it. */
    static String commit(BenchContext context) {
        ProgramResult result =
                Programs.run(List.of("git", "-C", context.repository().toString(), "describe", "--always", "--dirty"));
        return result.succeeded() ? result.output().strip() : "unknown";
    }

    /** What figures depend on. */
    static String machine() {
        return "%d processors, %s, Linux %s"
                .formatted(
                        Runtime.getRuntime().availableProcessors(),
                        System.getProperty("os.arch"),
                        System.getProperty("os.version"));
    }

    @Override
    public void close() {
        client.close();
        stack.close();
    }
}

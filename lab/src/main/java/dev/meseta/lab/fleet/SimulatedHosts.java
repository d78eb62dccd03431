package dev.meseta.lab.fleet;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.host.AgentProgram;
import dev.meseta.lab.process.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import tools.jackson.databind.JsonNode;

/** Simulated hosts as members of a data center. */
public final class SimulatedHosts {

    private static final String PREFIX = "sim-";
    private static final int JOINING_AT_ONCE = 8;
    private static final Duration BASE_LIMIT = Duration.ofMinutes(2);
    private static final Duration LIMIT_PER_HOST = Duration.ofMillis(500);

    private final FleetProcess process;

    public SimulatedHosts(FleetProcess process) {
        this.process = process;
    }

    public FleetProcess process() {
        return process;
    }

    /** Starts the fleet, lets hosts join that have not, and returns when all of them are in service. */
    public void up(AgentProgram program, FleetProcess.Settings settings, MesetaClient client) {
        process.start(program, settings);
        join(client);
        int wanted = settings.hosts();
        Await.until(
                "%d simulated hosts to be UP (see %s)".formatted(wanted, process.log()),
                BASE_LIMIT.plus(LIMIT_PER_HOST.multipliedBy(wanted)),
                () -> statuses(client).values().stream()
                                .filter(status -> status.equals("UP") || status.equals("MAINTENANCE"))
                                .count()
                        >= wanted);
    }

    /** Status by name of every simulated host that the manager knows. */
    public static Map<String, String> statuses(MesetaClient client) {
        Map<String, String> statuses = new LinkedHashMap<>();
        for (JsonNode host : client.list("/hosts")) {
            String name = host.required("name").stringValue();
            if (name.startsWith(PREFIX)) {
                statuses.put(name, host.required("status").stringValue());
            }
        }
        return statuses;
    }

    private void join(MesetaClient client) {
        ConcurrentLinkedQueue<String> waiting = new ConcurrentLinkedQueue<>();
        try (FleetClient fleet = process.connect()) {
            fleet.hosts().stream()
                    .filter(host -> !host.joined())
                    .map(FleetClient.Host::name)
                    .forEach(waiting::add);
        }
        List<Future<?>> joining = new ArrayList<>();
        try (ExecutorService threads = Executors.newFixedThreadPool(JOINING_AT_ONCE)) {
            for (int thread = 0; thread < JOINING_AT_ONCE; thread++) {
                joining.add(threads.submit(() -> joinAll(waiting, client)));
            }
        }
        for (Future<?> each : joining) {
            try {
                each.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException("not every simulated host could join: " + e.getMessage(), e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while simulated hosts join", e);
            }
        }
    }

    private void joinAll(ConcurrentLinkedQueue<String> waiting, MesetaClient client) {
        try (FleetClient fleet = process.connect()) {
            for (String name = waiting.poll(); name != null; name = waiting.poll()) {
                JsonNode invitation = client.send(
                                "POST",
                                "/hosts/enrolment-tokens",
                                Map.of("hostName", name),
                                Map.of("Idempotency-Key", UUID.randomUUID().toString()))
                        .expect(201);
                fleet.join(
                        name,
                        invitation.required("token").stringValue(),
                        invitation.required("caFingerprint").stringValue());
            }
        }
    }
}

package dev.meseta.lab.bench;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.stack.ManagerProcess;
import dev.meseta.lab.stack.Progress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** How soon a manager is there after its start, and how soon another one does its work after its death. */
final class ManagerLoss {

    private static final int ROUNDS = 5;
    private static final double GOAL_READY_MS = 8_000;
    private static final double GOAL_FAILOVER_MS = 10_000;
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final List<ManagerProcess> managers;
    private final Progress progress;

    /** @param managers at least two, on hosts that run VMs */
    ManagerLoss(List<ManagerProcess> managers, Progress progress) {
        this.managers = managers;
        this.progress = progress;
    }

    /** Kills one manager after the other. */
    List<Measure> measure() throws TimeoutException {
        Samples failover = new Samples();
        Samples ready = new Samples();
        for (int round = 0; round < ROUNDS; round++) {
            ManagerProcess dies = managers.get(round % managers.size());
            ManagerProcess stays = managers.get((round + 1) % managers.size());
            try (MesetaClient client = stays.client()) {
                double took = untilTakenOver(dies, client);
                failover.add(took);
                long begin = System.nanoTime();
                dies.start();
                dies.awaitReady();
                double start = (System.nanoTime() - begin) / 1e6;
                ready.add(start);
                progress.step("round %d of %d: taken over after %.0f ms, ready again %.0f ms after its start"
                        .formatted(round + 1, ROUNDS, took, start));
            }
        }
        return List.of(
                new Measure("failover", "ms", failover.summary(), null, GOAL_FAILOVER_MS),
                new Measure("managerReady", "ms", ready.summary(), null, GOAL_READY_MS));
    }

    /**
     * From SIGKILL to the end of a command for a VM on a host of the dead one, which only the host's next watcher can hear
     * of: the first command of the successor is before that.
     */
    private double untilTakenOver(ManagerProcess dies, MesetaClient client) throws TimeoutException {
        // A host that is just being handed over has its next watcher already.
        Await.until("the hosts to be shared out", LIMIT, () -> isSharedOut(client));
        String vm = Await.result(
                "VMs on hosts of " + dies.name() + " that are watched", LIMIT, () -> vmOnHostOf(dies, client));
        long begin = System.nanoTime();
        dies.kill();
        JsonNode unused =
                client.awaitSuccess(client.submit("POST", "/vms/" + vm + "/stop", Map.of("mode", "FORCED")), LIMIT);
        return (System.nanoTime() - begin) / 1e6;
    }

    private boolean isSharedOut(MesetaClient client) {
        List<Integer> shares = new ArrayList<>();
        for (JsonNode manager : client.get("/managers?q=state:LIVING").required("items")) {
            int watched = manager.required("hostsWatched").intValue();
            if (watched != manager.required("hostsConnected").intValue()) {
                return false;
            }
            shares.add(watched);
        }
        return shares.size() == managers.size() && Collections.max(shares) - Collections.min(shares) <= 1;
    }

    private static Optional<String> vmOnHostOf(ManagerProcess manager, MesetaClient client) {
        Map<String, String> ids = new HashMap<>();
        for (JsonNode item : client.get("/managers?q=state:LIVING").required("items")) {
            ids.put(item.required("url").stringValue(), item.required("id").stringValue());
        }
        String id = ids.get(manager.url());
        if (id == null) {
            return Optional.empty();
        }
        for (JsonNode host : client.get("/managers/" + id + "/hosts")) {
            if (host.required("connected").booleanValue()) {
                Optional<JsonNode> vm = client.get("/vms?limit=1&q=status:UP%20host:"
                                + host.required("name").stringValue())
                        .required("items")
                        .valueStream()
                        .findFirst();
                if (vm.isPresent()) {
                    return vm.map(found -> found.required("id").stringValue());
                }
            }
        }
        return Optional.empty();
    }
}

package dev.meseta.lab.bench;

import dev.meseta.lab.client.EventWatch;
import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.fleet.FleetClient;
import dev.meseta.lab.stack.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/**
 * From a guest's crash on a simulated host to the line of the event stream that says so: through the agent's watch, the
 * manager's database and the stream. The manager starts each guest again meanwhile.
 */
final class EventDelivery {

    private static final int CRASHES = 400;
    /** Until what is hot has been compiled. */
    private static final int WARM_UP = 100;

    private static final double SHARE = 0.99;
    private static final double GOAL_MS = 250;
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private EventDelivery() {}

    /** @throws IllegalStateException when a crash is not heard of at all */
    static Measure measure(MesetaClient client, FleetClient fleet, Progress progress) {
        Map<UUID, CountDownLatch> awaited = new ConcurrentHashMap<>();
        Samples all = new Samples();
        try (EventWatch watch = new EventWatch(client, event -> heard(event, awaited))) {
            List<FleetClient.Guest> guests = fleet.guests(FleetClient.ALL).stream()
                    .filter(guest -> guest.state().equals("RUNNING"))
                    .limit(CRASHES)
                    .toList();
            int number = 0;
            for (FleetClient.Guest guest : guests) {
                if (!watch.isOpen()) {
                    throw new IllegalStateException("the event stream has ended");
                }
                double took = crash(fleet, guest, awaited);
                if (number++ >= WARM_UP) {
                    all.add(took);
                }
            }
        } catch (TimeoutException e) {
            throw new IllegalStateException("an event was lost: " + e.getMessage(), e);
        }
        progress.step("event delivery: %d crashes, median %.0f ms, 99th percentile %.0f ms"
                .formatted(all.count(), all.summary().median(), all.percentile(SHARE)));
        return new Measure(
                "eventLatencyP99", "ms", Samples.of(all.percentile(SHARE)).summary(), null, GOAL_MS);
    }

    private static void heard(JsonNode event, Map<UUID, CountDownLatch> awaited) {
        if (event.path("kind").stringValue("").equals("vm.changed")) {
            CountDownLatch latch =
                    awaited.remove(UUID.fromString(event.required("objectId").stringValue()));
            if (latch != null) {
                latch.countDown();
            }
        }
    }

    private static double crash(FleetClient fleet, FleetClient.Guest guest, Map<UUID, CountDownLatch> awaited)
            throws TimeoutException {
        CountDownLatch latch = new CountDownLatch(1);
        awaited.put(guest.vmId(), latch);
        long begin = System.nanoTime();
        fleet.crashGuest(guest.host(), guest.vmId());
        try {
            if (!latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new TimeoutException("nothing was heard of the crash of %s on %s within %s"
                        .formatted(guest.vmId(), guest.host(), LIMIT));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return (System.nanoTime() - begin) / 1e6;
    }
}

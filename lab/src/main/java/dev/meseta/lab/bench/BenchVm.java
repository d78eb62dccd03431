package dev.meseta.lab.bench;

import dev.meseta.lab.client.GuestProbe;
import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.stack.Stack;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** The VM both sides of a benchmark are made of: one processor, 256 MiB, the lab's guest. */
final class BenchVm {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private BenchVm() {}

    /** Creates it through the REST API; returns when its guest answers. */
    static UUID create(MesetaClient client, String name, String hostId) throws TimeoutException {
        UUID id = submit(client, name, hostId);
        try (GuestProbe probe = new GuestProbe(address(client, id))) {
            probe.awaitAnswer(LIMIT);
        }
        return id;
    }

    /** Asks for it and returns at once. */
    static UUID submit(MesetaClient client, String name, String hostId) {
        JsonNode image = client.get("/images?q=name:" + Stack.GUEST_IMAGE)
                .required("items")
                .required(0);
        JsonNode task = client.submit(
                "POST",
                "/vms",
                Map.of(
                        "name",
                        name,
                        "imageId",
                        image.required("id").stringValue(),
                        "vcpus",
                        1,
                        "memoryMiB",
                        256,
                        "hostId",
                        hostId));
        return UUID.fromString(task.required("target").required("id").stringValue());
    }

    /** Address of its first NIC, without prefix length. */
    static String address(MesetaClient client, UUID id) {
        String address = client.get("/vms/" + id)
                .required("nics")
                .required(0)
                .required("address")
                .stringValue();
        return address.substring(0, address.indexOf('/'));
    }

    static void remove(MesetaClient client, UUID id) throws TimeoutException {
        client.awaitSuccess(client.submit("POST", "/vms/" + id + "/stop", Map.of("mode", "FORCED")), LIMIT);
        client.awaitSuccess(client.submit("DELETE", "/vms/" + id, null), LIMIT);
    }
}

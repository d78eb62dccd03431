package dev.meseta.lab.e2e;

import dev.meseta.lab.client.GuestProbe;
import dev.meseta.lab.client.MesetaClient;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import tools.jackson.databind.JsonNode;

/** A VM of the lab's guest image that has been created through the REST API, with a probe on its guest. */
final class RunningVm implements AutoCloseable {

    private static final Duration BOOT = Duration.ofSeconds(90);

    private final MesetaClient client;
    private final UUID id;
    private final GuestProbe probe;

    private RunningVm(MesetaClient client, UUID id, GuestProbe probe) {
        this.client = client;
        this.id = id;
        this.probe = probe;
    }

    /** Creates it on a host and waits until its guest answers. */
    static RunningVm create(TestDataCenter dataCenter, String name, String hostId, int memoryMiB)
            throws TimeoutException {
        MesetaClient client = dataCenter.client();
        JsonNode task = client.submit(
                "POST",
                "/vms",
                Map.of(
                        "name", name,
                        "imageId", dataCenter.guestImage(),
                        "vcpus", 1,
                        "memoryMiB", memoryMiB,
                        "hostId", hostId));
        client.awaitSuccess(task, BOOT);
        UUID id = UUID.fromString(task.required("target").required("id").stringValue());
        String address = client.get("/vms/" + id)
                .required("nics")
                .required(0)
                .required("address")
                .stringValue();
        GuestProbe probe = new GuestProbe(address.substring(0, address.indexOf('/')));
        probe.awaitAnswer(BOOT);
        return new RunningVm(client, id, probe);
    }

    UUID id() {
        return id;
    }

    GuestProbe probe() {
        return probe;
    }

    JsonNode view() {
        return client.get("/vms/" + id);
    }

    String hostId() {
        return view().required("hostId").stringValue();
    }

    /** The task of a migration that has been accepted. */
    JsonNode migrateTo(String hostId, Map<String, Object> policy) {
        return client.submit("POST", "/vms/" + id + "/migrate", Map.of("targetHostId", hostId, "policy", policy));
    }

    /** Waits until the guest's counter has moved on from where it is now: the guest runs. */
    void mustStillCount() throws TimeoutException {
        GuestProbe.Status now = probe.awaitAnswer(Duration.ofSeconds(30));
        probe.awaitCounterAbove(now.counter(), Duration.ofSeconds(30));
    }

    /** Makes the guest write memory faster than a migration with a small bandwidth can copy it. */
    void writeMemory(int mebibytes, int mebibytesPerSecond) {
        probe.dirtyMemory(mebibytes, mebibytesPerSecond);
    }

    @Override
    public void close() throws TimeoutException {
        probe.close();
        String power = view().required("status").stringValue();
        if (!power.equals("DOWN")) {
            client.awaitSuccess(
                    client.submit("POST", "/vms/" + id + "/stop", Map.of("mode", "FORCED")), Duration.ofMinutes(1));
        }
        client.awaitSuccess(client.submit("DELETE", "/vms/" + id, null), Duration.ofMinutes(1));
    }
}

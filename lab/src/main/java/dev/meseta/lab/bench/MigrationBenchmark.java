package dev.meseta.lab.bench;

import dev.meseta.lab.client.GuestProbe;
import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.stack.Progress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/**
 * Live migration through the product against raw {@code virsh migrate}: peer to peer, TLS, over a plain socket forwarder,
 * twins of one definition on the same two hosts, taking turns.
 */
public final class MigrationBenchmark implements Benchmark {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Pattern DOWNTIME = Pattern.compile("Total downtime:\\s+(\\d+)\\s+ms");

    private static final int PAIRS = 9;

    @Override
    public String name() {
        return "migration";
    }

    @Override
    public String about() {
        return "a live migration through the product against raw virsh migrate over TLS";
    }

    @Override
    public BenchReport run(BenchContext context) {
        try (BenchDataCenter dataCenter = new BenchDataCenter(context)) {
            return new BenchReport(
                    name(),
                    BenchDataCenter.commit(context),
                    BenchDataCenter.machine(),
                    measure(dataCenter, context.progress()));
        } catch (TimeoutException e) {
            throw new IllegalStateException("a figure would be meaningless: " + e.getMessage(), e);
        }
    }

    private static List<Measure> measure(BenchDataCenter dataCenter, Progress progress) throws TimeoutException {
        MesetaClient client = dataCenter.client();
        List<LabHost> hosts = dataCenter.hosts();
        UUID vmId = BenchVm.create(client, "bench-migration", dataCenter.idOf(hosts.get(0)));
        Samples oursTotal = new Samples();
        Samples oursDowntime = new Samples();
        Samples rawTotal = new Samples();
        Samples rawDowntime = new Samples();
        RawDomain twin = new RawDomain(hosts.get(0), vmId, dataCenter.lab().spareOverlayAddress());
        twin.start(hosts.get(0));
        twin.define(hosts.get(1));
        try (GuestProbe probe = new GuestProbe(twin.address());
                SocketForwarder there = new SocketForwarder(hosts.get(0), hosts.get(1));
                SocketForwarder back = new SocketForwarder(hosts.get(1), hosts.get(0))) {
            probe.awaitAnswer(LIMIT);
            for (int pair = 0; pair <= PAIRS; pair++) {
                LabHost source = hosts.get(pair % 2);
                LabHost target = hosts.get((pair + 1) % 2);
                Sample ours = ours(client, vmId, dataCenter.idOf(target));
                Sample raw = raw(twin, source, target, pair % 2 == 0 ? there : back);
                if (pair > 0) {
                    oursTotal.add(ours.totalMs());
                    oursDowntime.add(ours.downtimeMs());
                    rawTotal.add(raw.totalMs());
                    rawDowntime.add(raw.downtimeMs());
                    progress.step("pair %d of %d: meseta %.0f ms (downtime %.0f), virsh %.0f ms (downtime %.0f)"
                            .formatted(
                                    pair, PAIRS, ours.totalMs(), ours.downtimeMs(), raw.totalMs(), raw.downtimeMs()));
                }
            }
        } finally {
            hosts.forEach(twin::removeFrom);
            BenchVm.remove(client, vmId);
        }
        return List.of(
                new Measure(
                        "total",
                        "ms",
                        oursTotal.summary(),
                        new Measure.Peer("virsh migrate --p2p --tls", rawTotal.summary()),
                        1.25),
                new Measure(
                        "downtime",
                        "ms",
                        oursDowntime.summary(),
                        new Measure.Peer("virsh migrate --p2p --tls", rawDowntime.summary()),
                        1.10));
    }

    /** @param downtimeMs as libvirt measured it on the source, which counts until the target has said that it runs */
    private record Sample(double totalMs, double downtimeMs) {}

    private static Sample ours(MesetaClient client, UUID vmId, String targetId) throws TimeoutException {
        long begin = System.nanoTime();
        JsonNode task = client.submit("POST", "/vms/" + vmId + "/migrate", Map.of("targetHostId", targetId));
        JsonNode ended = client.awaitSuccess(task, LIMIT);
        double total = (System.nanoTime() - begin) / 1e6;
        return new Sample(
                total, ended.required("progress").required("downtimeMs").doubleValue());
    }

    private static Sample raw(RawDomain twin, LabHost source, LabHost target, SocketForwarder forwarder) {
        long begin = System.nanoTime();
        source.exec(
                "virsh",
                "--quiet",
                "migrate",
                "--live",
                "--p2p",
                "--tls",
                // libvirt judges shared folders by their file system alone; the product passes the same flag.
                "--unsafe",
                "--domain",
                twin.name(),
                forwarder.connectUri(),
                "--migrateuri",
                "tcp://" + target.address());
        double total = (System.nanoTime() - begin) / 1e6;
        String statistics =
                source.exec("virsh", "domjobinfo", "--completed", twin.name()).output();
        Matcher downtime = DOWNTIME.matcher(statistics);
        if (!downtime.find()) {
            throw new IllegalStateException("virsh domjobinfo says nothing of downtime: " + statistics);
        }
        return new Sample(total, Double.parseDouble(downtime.group(1)));
    }
}

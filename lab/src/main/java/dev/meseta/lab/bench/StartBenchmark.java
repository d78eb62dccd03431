package dev.meseta.lab.bench;

import dev.meseta.lab.client.GuestProbe;
import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.stack.Progress;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/** From {@code POST /vms} to the guest's first HTTP answer, against thin disk + {@code virsh define and start} to the same. */
public final class StartBenchmark implements Benchmark {

    private static final Duration LIMIT = Duration.ofMinutes(2);

    private static final int PAIRS = 9;

    @Override
    public String name() {
        return "start";
    }

    @Override
    public String about() {
        return "from POST /vms to the guest answering against raw virsh define and start";
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
        LabHost host = dataCenter.hosts().get(0);
        String hostId = dataCenter.idOf(host);
        UUID model = BenchVm.create(client, "bench-start-model", hostId);
        RawDomain twin = new RawDomain(host, model, dataCenter.lab().spareOverlayAddress());
        BenchVm.remove(client, model);
        Samples ours = new Samples();
        Samples raw = new Samples();
        for (int pair = 0; pair <= PAIRS; pair++) {
            double oursMs = ours(client, hostId, pair);
            double rawMs = raw(twin, host);
            if (pair > 0) {
                ours.add(oursMs);
                raw.add(rawMs);
                progress.step("pair %d of %d: meseta %.0f ms, virsh %.0f ms".formatted(pair, PAIRS, oursMs, rawMs));
            }
        }
        return List.of(new Measure(
                "answering",
                "ms",
                ours.summary(),
                new Measure.Peer("qemu-img create + virsh define + start", raw.summary()),
                1.2));
    }

    private static double ours(MesetaClient client, String hostId, int pair) throws TimeoutException {
        long begin = System.nanoTime();
        UUID id = BenchVm.submit(client, "bench-start-" + pair, hostId);
        double elapsed;
        try (GuestProbe probe = new GuestProbe(BenchVm.address(client, id))) {
            probe.awaitAnswer(LIMIT);
            elapsed = (System.nanoTime() - begin) / 1e6;
        }
        BenchVm.remove(client, id);
        return elapsed;
    }

    private static double raw(RawDomain twin, LabHost host) throws TimeoutException {
        long begin = System.nanoTime();
        twin.start(host);
        double elapsed;
        try (GuestProbe probe = new GuestProbe(twin.address())) {
            probe.awaitAnswer(LIMIT);
            elapsed = (System.nanoTime() - begin) / 1e6;
        }
        twin.removeFrom(host);
        return elapsed;
    }
}

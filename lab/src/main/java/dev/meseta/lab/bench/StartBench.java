package dev.meseta.lab.bench;

import dev.meseta.lab.client.GuestProbe;
import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.host.LabHost;
import dev.meseta.lab.stack.MesetaStack;
import java.io.PrintStream;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeoutException;

/** From {@code POST /vms} to the guest's first HTTP answer, against thin disk + {@code virsh create} to the same. */
public final class StartBench implements Bench {

    private static final Duration LIMIT = Duration.ofSeconds(120);

    private final int pairs;

    /** @param pairs starts of each side after one of each to warm up */
    public StartBench(int pairs) {
        this.pairs = pairs;
    }

    @Override
    public String name() {
        return "start";
    }

    @Override
    public List<Measure> run(MesetaStack stack, PrintStream progress) throws TimeoutException {
        MesetaClient client = stack.client();
        LabHost host = stack.lab().hosts().get(0);
        String hostId = stack.hostId(host);
        UUID model = BenchVm.create(client, "bench-start-model", hostId);
        RawDomain twin = new RawDomain(host, model, stack.lab().spareOverlayAddress());
        BenchVm.remove(client, model);
        Samples ours = new Samples();
        Samples raw = new Samples();
        for (int pair = 0; pair <= pairs; pair++) {
            double oursMs = ours(client, hostId, pair);
            double rawMs = raw(twin, host);
            if (pair > 0) {
                ours.add(oursMs);
                raw.add(rawMs);
                progress.printf("pair %d of %d: meseta %.0f ms, virsh %.0f ms%n", pair, pairs, oursMs, rawMs);
            }
        }
        return List.of(new Measure(
                "answering",
                "ms",
                ours.summary(),
                new Measure.Peer("qemu-img create + virsh create", raw.summary()),
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
        twin.destroy(host);
        return elapsed;
    }
}

package dev.meseta.manager.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.scheduling.Scheduler.RankedHost;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What must hold for whatever hosts and VMs there are. A failure names its seed. */
@Tag("unit")
class SchedulerPropertyTest {

    private static final long MIB = 1L << 20;
    private static final int CASES = 2000;
    private static final long FIRST_SEED = 20261122;

    private final Allowance allowance = Allowance.DEFAULT;
    private final Scheduler scheduler = Scheduler.of(allowance);

    private interface Property {
        void holds(Random random, Snapshot snapshot, Demand demand);
    }

    private static void forAll(Property property) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + CASES; seed++) {
            var random = new Random(seed);
            Snapshot snapshot = snapshot(random);
            Demand demand = demand(random, snapshot);
            try {
                property.holds(random, snapshot, demand);
            } catch (AssertionError e) {
                throw new AssertionError("seed " + seed + ": " + demand + " on " + snapshot, e);
            }
        }
    }

    @Test
    void nothing_is_placed_beyond_what_may_be_promised() {
        forAll((random, snapshot, demand) -> scheduler
                .best(snapshot.hosts(), demand)
                .ifPresent(host -> {
                    assertThat(host.reservedMemoryBytes() + allowance.withOverhead(demand.memoryBytes()))
                            .isLessThanOrEqualTo(allowance.memoryBytes(host))
                            .isLessThanOrEqualTo(host.memoryBytes());
                    assertThat(host.reservedVcpus() + demand.vcpus()).isLessThanOrEqualTo(allowance.vcpus(host));
                    assertThat(host.up()).isTrue();
                    assertThat(host.maintenance()).isFalse();
                }));
    }

    @Test
    void every_host_is_judged_with_reasons() {
        forAll((random, snapshot, demand) -> {
            List<RankedHost> ranked = scheduler.rank(snapshot, demand);
            assertThat(ranked).extracting(RankedHost::host).containsExactlyInAnyOrderElementsOf(snapshot.hosts());
            assertThat(ranked).allSatisfy(host -> {
                assertThat(host.reasons()).isNotEmpty();
                assertThat(host.reasons()).allSatisfy(reason -> {
                    assertThat(reason.code()).matches("[A-Z_]+");
                    assertThat(reason.message()).isNotBlank().endsWith(".");
                });
                assertThat(host.score()).isBetween(0.0, 100.0);
            });
        });
    }

    @Test
    void the_quick_answer_is_the_first_of_the_long_one_in_any_order_of_hosts() {
        forAll((random, snapshot, demand) -> {
            List<RankedHost> ranked = scheduler.rank(snapshot, demand);
            List<HostCapacity> shuffled = new ArrayList<>(snapshot.hosts());
            Collections.shuffle(shuffled, random);

            assertThat(scheduler.rank(new Snapshot(shuffled), demand)).isEqualTo(ranked);
            Optional<HostCapacity> best = ranked.stream()
                    .filter(RankedHost::accepted)
                    .map(RankedHost::host)
                    .findFirst();
            assertThat(scheduler.best(snapshot.hosts(), demand)).isEqualTo(best);
            assertThat(scheduler.best(shuffled, demand)).isEqualTo(best);
        });
    }

    @Test
    void accepted_hosts_come_first_by_falling_score() {
        forAll((random, snapshot, demand) -> {
            List<RankedHost> ranked = scheduler.rank(snapshot, demand);
            for (int i = 1; i < ranked.size(); i++) {
                RankedHost before = ranked.get(i - 1);
                RankedHost after = ranked.get(i);
                assertThat(before.accepted() || !after.accepted()).isTrue();
                assertThat(before.score()).isGreaterThanOrEqualTo(after.score());
            }
        });
    }

    /** Placing one after the other until nothing fits fills no host beyond its allowance and leaves none that fits. */
    @Test
    void filling_up_ends_full() {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + 50; seed++) {
            var random = new Random(seed);
            var hosts = new ArrayList<>(snapshot(random).hosts());
            Demand demand = Demand.of(1 + random.nextInt(4), (1 + random.nextInt(64)) * 256L * MIB);
            Optional<HostCapacity> target = scheduler.best(hosts, demand);
            while (target.isPresent()) {
                hosts.set(hosts.indexOf(target.get()), with(target.get(), demand));
                target = scheduler.best(hosts, demand);
            }
            assertThat(hosts)
                    .as("seed %d", seed)
                    .noneMatch(host -> scheduler.judge(host, demand).accepted());
        }
    }

    @Test
    void ten_thousand_hosts_are_judged_quickly() {
        var random = new Random(FIRST_SEED);
        List<HostCapacity> hosts = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            hosts.add(host(random, i));
        }
        int placements = 2_000;
        for (int round = 0; round < 3; round++) {
            // Processor time: other work on the machine does not count.
            long begin = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
            int placed = 0;
            for (int i = 0; i < placements; i++) {
                placed += scheduler
                                .best(hosts, Demand.of(1 + i % 8, (i % 32 + 1) * 512L * MIB))
                                .isPresent()
                        ? 1
                        : 0;
            }
            double seconds = (ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - begin) / 1e9;
            System.out.printf(
                    "10000 hosts: %.0f placements per second of processor time (%d of %d)%n",
                    placements / seconds, placed, placements);
            assertThat(placed).isEqualTo(placements);
        }
    }

    private HostCapacity with(HostCapacity host, Demand demand) {
        return new HostCapacity(
                host.id(),
                host.name(),
                host.up(),
                host.statusName(),
                host.maintenance(),
                host.accelerated(),
                host.cpus(),
                host.memoryBytes(),
                host.reservedVcpus() + demand.vcpus(),
                host.reservedMemoryBytes() + allowance.withOverhead(demand.memoryBytes()),
                host.reservedVms() + 1);
    }

    private static Snapshot snapshot(Random random) {
        List<HostCapacity> hosts = new ArrayList<>();
        int count = random.nextInt(12);
        for (int i = 0; i < count; i++) {
            hosts.add(host(random, i));
        }
        return new Snapshot(hosts);
    }

    private static HostCapacity host(Random random, int number) {
        // Few different sizes, so that equal scores happen.
        int cpus = random.nextInt(10) == 0 ? 0 : 1 << random.nextInt(7);
        long memory = random.nextInt(10) == 0 ? 0 : (1L << random.nextInt(9)) * 1024 * MIB;
        boolean up = random.nextInt(6) != 0;
        return new HostCapacity(
                new UUID(random.nextLong(), random.nextLong()),
                "host-" + (random.nextInt(20) == 0 ? 0 : number),
                up,
                up ? "UP" : "NON_RESPONSIVE",
                random.nextInt(8) == 0,
                random.nextInt(3) != 0,
                cpus,
                memory,
                random.nextInt(cpus * 8 + 1),
                (long) (memory * random.nextInt(4) / 4.0),
                random.nextInt(4));
    }

    private static Demand demand(Random random, Snapshot snapshot) {
        return new Demand(
                1 + random.nextInt(16),
                (1L << random.nextInt(14)) * MIB * 8,
                random.nextInt(5) == 0 ? anyId(random, snapshot) : null,
                random.nextInt(3) == 0 ? anyId(random, snapshot) : null,
                random.nextInt(3) == 0 ? random.nextBoolean() : null);
    }

    private static @Nullable UUID anyId(Random random, Snapshot snapshot) {
        return snapshot.hosts().isEmpty()
                ? UUID.fromString("00000000-0000-7000-8000-000000000000")
                : snapshot.hosts().get(random.nextInt(snapshot.hosts().size())).id();
    }
}

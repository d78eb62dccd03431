package dev.meseta.manager.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.meseta.manager.scheduling.PlacementFilter.Explanation;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The sentences people read. */
@Tag("unit")
class PlacementFilterTest {

    private static final long MIB = 1L << 20;
    private static final UUID HOST = UUID.fromString("00000000-0000-7000-8000-000000000001");
    private static final UUID OTHER = UUID.fromString("00000000-0000-7000-8000-000000000002");

    private final Scheduler scheduler = Scheduler.of(Allowance.DEFAULT);

    private static HostCapacity host(boolean up, boolean maintenance, int reservedVcpus, long reservedMemoryMib) {
        return new HostCapacity(
                HOST,
                "host-1",
                up,
                up ? "UP" : "CONNECTING",
                maintenance,
                true,
                2,
                4096 * MIB,
                reservedVcpus,
                reservedMemoryMib * MIB,
                0);
    }

    private List<Explanation> against(HostCapacity host, Demand demand) {
        return scheduler.judge(host, demand).reasons();
    }

    @Test
    void a_host_that_cannot_says_every_reason_with_its_values() {
        assertThat(against(host(false, false, 15, 3000), new Demand(2, 1024 * MIB, OTHER, HOST, false)))
                .containsExactly(
                        new Explanation("HOST_NOT_UP", "The host host-1 is CONNECTING, not UP."),
                        new Explanation(
                                "OTHER_HOST_REQUIRED", "Another host than host-1 was asked for: " + OTHER + "."),
                        new Explanation("SAME_HOST", "The VM is on host-1 already."),
                        new Explanation(
                                "OTHER_ACCELERATION",
                                "The guest is emulated where it runs; host-1 runs guests on KVM."),
                        new Explanation(
                                "NOT_ENOUGH_MEMORY",
                                "The VM needs 1083 MiB (1024 MiB and 59 MiB of overhead); host-1 can promise 840 MiB more"
                                        + " of its 3840 MiB."),
                        new Explanation(
                                "NOT_ENOUGH_VCPUS",
                                "The VM needs 2 vCPUs; host-1 can promise 1 more of its 16 (2 processors)."));
    }

    @Test
    void maintenance_is_named_before_the_state() {
        assertThat(against(host(false, true, 0, 0), Demand.of(1, MIB)))
                .extracting(Explanation::code)
                .containsExactly("HOST_IN_MAINTENANCE");
    }

    @Test
    void a_host_that_has_not_been_described_takes_nothing() {
        var silent = new HostCapacity(HOST, "host-1", true, "UP", false, false, 0, 0, 0, 0, 0);
        assertThat(against(silent, Demand.of(1, MIB)))
                .extracting(Explanation::code)
                .containsExactly("HOST_NOT_DESCRIBED", "HOST_NOT_DESCRIBED");
    }

    @Test
    void the_last_byte_fits_and_one_more_does_not() {
        long guest = 1000 * MIB;
        long rest = Allowance.DEFAULT.memoryBytes(host(true, false, 0, 0)) - Allowance.DEFAULT.withOverhead(guest);
        HostCapacity exact = new HostCapacity(HOST, "h", true, "UP", false, true, 2, 4096 * MIB, 0, rest, 1);
        HostCapacity oneLess = new HostCapacity(HOST, "h", true, "UP", false, true, 2, 4096 * MIB, 0, rest + 1, 1);
        assertThat(scheduler.judge(exact, Demand.of(1, guest)).accepted()).isTrue();
        assertThat(scheduler.judge(oneLess, Demand.of(1, guest)).accepted()).isFalse();
    }

    @Test
    void no_rules_would_let_everything_pass() {
        assertThatThrownBy(() -> new Scheduler(List.of(), new SpreadScore(Allowance.DEFAULT)))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> Demand.of(0, MIB)).isInstanceOf(IllegalArgumentException.class);
    }
}

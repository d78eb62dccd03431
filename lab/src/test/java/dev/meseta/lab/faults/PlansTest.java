package dev.meseta.lab.faults;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.lab.faults.FaultPlan.Planned;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The same seed is the same run. */
@Tag("unit")
class PlansTest {

    private static final Duration LONG = Duration.ofMinutes(30);

    @Test
    void aSeedGivesAlwaysTheSameFaultsAndAnotherOnesOthers() {
        assertThat(faults(7)).isEqualTo(faults(7)).isNotEqualTo(faults(8));
    }

    @Test
    void faultsOfALaneDoNotOverlapAndEveryKindComesInALongRun() {
        EnumSet<FaultKind> seen = EnumSet.noneOf(FaultKind.class);
        for (List<Planned> lane : faults(3).lanes()) {
            long free = 0;
            for (Planned fault : lane) {
                assertThat(fault.atMs()).isGreaterThanOrEqualTo(free).isLessThan(LONG.toMillis());
                free = fault.atMs() + fault.lastsMs();
                seen.add(fault.kind());
            }
        }
        assertThat(seen).containsExactlyInAnyOrder(FaultKind.values());
    }

    @Test
    void kindsThatCannotBeMadeAreNotPlanned() {
        FaultPlan plan = FaultPlan.of(5, LONG, EnumSet.of(FaultKind.AGENT_KILL, FaultKind.MANAGER_KILL));

        assertThat(plan.lanes().stream().flatMap(List::stream).map(Planned::kind))
                .isNotEmpty()
                .containsOnly(FaultKind.AGENT_KILL, FaultKind.MANAGER_KILL);
        assertThat(FaultPlan.of(5, LONG, EnumSet.noneOf(FaultKind.class)).count())
                .isZero();
    }

    @Test
    void aSeedGivesAlwaysTheSameWork() {
        WorkloadPlan plan = WorkloadPlan.of(7, 4, 50, 9);

        assertThat(plan).isEqualTo(WorkloadPlan.of(7, 4, 50, 9)).isNotEqualTo(WorkloadPlan.of(8, 4, 50, 9));
        assertThat(plan.clients())
                .hasSize(4)
                .doesNotHaveDuplicates()
                .allSatisfy(
                        turns -> assertThat(turns).hasSize(50).allMatch(turn -> turn.slot() >= 0 && turn.slot() < 9));
    }

    @Test
    void whatIsAskedFitsWhatIsSeen() {
        assertThat(Verb.choose(Verb.Seen.ABSENT, 0.9)).isEqualTo(Verb.CREATE);
        assertThat(Verb.choose(Verb.Seen.DOWN, 0.1)).isEqualTo(Verb.START);
        assertThat(Verb.choose(Verb.Seen.DOWN, 0.99)).isEqualTo(Verb.DELETE);
        assertThat(Verb.choose(Verb.Seen.RUNNING, 0.1)).isEqualTo(Verb.MIGRATE);
        assertThat(Verb.choose(Verb.Seen.RUNNING, 0.999)).isEqualTo(Verb.REBOOT);
        assertThat(Verb.choose(Verb.Seen.RUNNING, 0)).isEqualTo(Verb.CREATE);
        assertThat(Verb.choose(Verb.Seen.ABSENT, 0.0499)).isEqualTo(Verb.DELETE);
    }

    private static FaultPlan faults(long seed) {
        return FaultPlan.of(seed, LONG, EnumSet.allOf(FaultKind.class));
    }
}

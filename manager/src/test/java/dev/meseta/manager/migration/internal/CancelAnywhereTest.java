package dev.meseta.manager.migration.internal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.fakes.Cancelled;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A migration cancelled in every phase in which a step runs: the VM is whole, on one host, and nothing is left over. */
@Tag("unit")
class CancelAnywhereTest {

    private static final List<Consumer<MigrationWorld>> STORIES = List.of(
            world -> {},
            world -> world.center.agents.nextEnds("migration.start", State.OUTCOME_UNKNOWN, null),
            world -> {
                world.migrateUntil(MigrationPhase.COPYING);
                world.center.tasks.cancel(world.task().id());
            });

    @Test
    void a_cancel_in_any_phase_leaves_nothing_half_done() {
        Set<String> cancelled = new TreeSet<>();
        Set<String> all = new MigrationWorld().center.tasks.phasesWithSteps();
        for (String kindAndPhase : all) {
            String phase = kindAndPhase.substring(kindAndPhase.indexOf('/') + 1);
            for (Consumer<MigrationWorld> story : STORIES) {
                for (boolean everyStepTwice : List.of(false, true)) {
                    var world = new MigrationWorld();
                    world.center.agents.immediate.add("cancel");
                    world.center.tasks.everyStepTwice = everyStepTwice;
                    story.accept(world);
                    if (!world.hasBegun()) {
                        world.migrate();
                    }
                    if (Cancelled.in(world.center, world.task(), phase)) {
                        cancelled.add(kindAndPhase);
                        Cancelled.assertConsistent(world.center, world.vm, kindAndPhase);
                        assertThat(world.center.agents.hostsRunning(world.vm)).hasSize(1);
                    }
                }
            }
        }
        assertThat(cancelled).isEqualTo(all);
    }
}

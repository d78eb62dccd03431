package dev.meseta.manager.migration.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.HOST_2;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.fakes.TaskRunner;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.TaskState;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Random interleavings of everything that can happen to a migration. The seed of a failing run is in its message; set
 * {@code -Dmeseta.test.seed} to run it again.
 */
@Tag("unit")
class MigrationPropertyTest {

    private static final int RUNS = 200;
    private static final int EVENTS = 25;

    @Test
    void whatever_happens_the_vm_is_placed_where_it_runs_and_runs_once() {
        long first = Long.getLong("meseta.test.seed", new Random().nextLong());
        int runs = System.getProperty("meseta.test.seed") == null ? RUNS : 1;
        System.out.println("first seed " + first);
        Map<TaskState, Integer> ends = new EnumMap<>(TaskState.class);
        Set<String> phases = new HashSet<>();
        for (int run = 0; run < runs; run++) {
            TaskRunner.Row end = new Story(first + run).tell();
            ends.merge(end.state(), 1, Integer::sum);
            phases.addAll(end.phases());
        }
        if (runs == RUNS) {
            assertThat(ends).as("every end is met").hasSize(3);
            assertThat(phases)
                    .as("every phase is met")
                    .containsExactlyInAnyOrderElementsOf(
                            Stream.of(MigrationPhase.values()).map(Enum::name).toList());
        }
    }

    /** One migration, until it has ended. */
    private static final class Story {

        private final long seed;
        private final RandomGenerator random;
        private final MigrationWorld world = new MigrationWorld();
        private final StringBuilder log = new StringBuilder();

        Story(long seed) {
            this.seed = seed;
            this.random = new Random(seed);
        }

        TaskRunner.Row tell() {
            world.center.tasks.everyStepTwice = random.nextBoolean();
            if (random.nextBoolean()) {
                world.center.agents.immediate.remove("migration.release-target");
            }
            world.migrate();
            for (int event = 0; event < EVENTS && !ended(); event++) {
                happen();
                neverTwiceAndNeverElsewhere();
            }
            settle();
            neverTwiceAndNeverElsewhere();
            assertThat(ended()).as(story("has ended")).isTrue();
            List<UUID> running = world.center.agents.hostsRunning(world.vm);
            if (!running.isEmpty()) {
                assertThat(running).as(story("runs once")).hasSize(1);
                assertThat(world.center.vm(world.vm).hostId())
                        .as(story("is placed where it runs"))
                        .isEqualTo(running.getFirst());
                assertThat(world.center.placement.hostsReservedFor(world.vm))
                        .as(story("holds capacity where it runs"))
                        .isEqualTo(running);
            }
            assertThat(world.center.vm(world.vm).activity())
                    .as(story("is idle"))
                    .isNull();
            return world.row();
        }

        private void happen() {
            int what = random.nextInt(15);
            log.append(' ').append(what);
            switch (what) {
                case 0, 1 -> endIfRunning("migration.prepare-target");
                case 2 -> copyingEndsWell();
                case 3 -> copyingFails(ErrorCode.MIGRATION_FAILED);
                case 4 -> world.center.agents.agentDies(HOST_1);
                case 5 -> world.center.agents.agentDies(HOST_2);
                case 6 -> world.center.agents.agentReturns(HOST_1);
                case 7 -> world.center.agents.agentReturns(HOST_2);
                case 8 -> world.center.agents.networkReturns(HOST_1);
                case 9 -> world.center.agents.networkReturns(HOST_2);
                case 10 -> {
                    if (random.nextInt(3) == 0) {
                        world.center.tasks.cancel(world.task().id());
                    }
                }
                case 11 -> world.center.tasks.crashInNextStep();
                case 12 -> world.center.agents.host(HOST_1).answersLost = !world.center.agents.host(HOST_1).answersLost;
                case 13 -> endIfRunning("migration.release-target");
                default -> world.wait(1 + random.nextInt(8));
            }
            if (random.nextInt(4) != 0) {
                world.run();
            }
        }

        /** Everybody comes back, and what still runs ends. */
        private void settle() {
            for (int round = 0; round < 10 && !ended(); round++) {
                world.center.agents.host(HOST_1).answersLost = false;
                world.center.agents.networkReturns(HOST_1);
                world.center.agents.networkReturns(HOST_2);
                world.wait(12);
                endIfRunning("migration.prepare-target");
                endIfRunning("migration.release-target");
                if (copying()) {
                    copyingFails(ErrorCode.MIGRATION_FAILED);
                }
                world.wait(12);
            }
        }

        private boolean copying() {
            return world.center.agents.isRunning("migration.start");
        }

        private void copyingEndsWell() {
            if (incoming()) {
                if (copying()) {
                    world.center.agents.finish("migration.start");
                } else if (copyingIsUnknown()) {
                    world.center.agents.guestSwitches(world.vm, HOST_1, HOST_2);
                }
            }
        }

        private void copyingFails(ErrorCode code) {
            if (copying()) {
                // The end of a copying can be misread: the guest may have switched although the source says it failed.
                if (incoming() && random.nextInt(4) == 0) {
                    world.center.agents.guestSwitches(world.vm, HOST_1, HOST_2);
                } else if (random.nextBoolean()) {
                    world.center.agents.guestStays(world.vm, HOST_2);
                }
                world.center.agents.fail("migration.start", code);
            }
        }

        /** The source's agent has died in the middle, and its hypervisor goes on alone. */
        private boolean copyingIsUnknown() {
            return world.center.agents.stateOf("migration.start") == State.OUTCOME_UNKNOWN;
        }

        private boolean incoming() {
            var domain = world.center.agents.host(HOST_2).domains.get(world.vm);
            return domain != null
                    && domain.state().equals("INCOMING")
                    && world.center.agents.host(HOST_1).runs(world.vm);
        }

        private void endIfRunning(String kind) {
            if (world.center.agents.isRunning(kind)) {
                world.center.agents.finish(kind);
            }
        }

        private void neverTwiceAndNeverElsewhere() {
            List<UUID> running = world.center.agents.hostsRunning(world.vm);
            assertThat(running).as(story("runs at most once, and is not lost")).hasSize(1);
            UUID placed = world.center.vm(world.vm).hostId();
            if (HOST_2.equals(placed)) {
                assertThat(running)
                        .as(story("is placed at the target only when it runs there"))
                        .containsExactly(HOST_2);
            }
        }

        private boolean ended() {
            return world.row().state().isFinal();
        }

        private String story(String property) {
            return "seed %d: %s; phases %s; events%s"
                    .formatted(seed, property, world.row().phases(), log);
        }
    }
}

package dev.meseta.manager.lifecycle.internal;

import static dev.meseta.manager.fakes.FakeDataCenter.HOST_1;
import static dev.meseta.manager.fakes.FakeDataCenter.TESTER;
import static dev.meseta.manager.lifecycle.internal.LifecycleWorld.request;
import static org.assertj.core.api.Assertions.assertThat;

import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.fakes.Cancelled;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.TaskView;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every kind of task, cancelled in every phase in which a step runs: it ends, and nothing is left over. */
@Tag("unit")
class CancelAnywhereTest {

    private static final List<Function<LifecycleWorld, TaskView>> STORIES = List.of(
            world -> world.lifecycle.create(request("web-1"), TESTER),
            world -> world.lifecycle.create(request("web-1", 256, false), TESTER),
            world -> {
                world.center.agents.nextEnds("domain.ensure-running", State.FAILED, ErrorCode.DOMAIN_START_FAILED);
                return world.lifecycle.create(request("web-1"), TESTER);
            },
            world -> world.lifecycle.start(world.center.stoppedVm("web-1"), null, null, TESTER),
            world -> {
                for (int attempt = 0; attempt < 3; attempt++) {
                    world.center.agents.nextEnds("domain.ensure-running", State.OUTCOME_UNKNOWN, null);
                }
                return world.lifecycle.start(world.center.stoppedVm("web-1"), null, null, TESTER);
            },
            world -> world.lifecycle.stop(running(world), StopMode.GRACEFUL, null, TESTER),
            world -> world.lifecycle.stop(running(world), StopMode.FORCED, null, TESTER),
            world -> world.lifecycle.reboot(running(world), StopMode.GRACEFUL, null, TESTER),
            world -> world.lifecycle.reboot(running(world), StopMode.FORCED, null, TESTER),
            world -> world.lifecycle.pause(running(world), null, TESTER),
            world -> {
                var vm = running(world);
                world.center.agents.domain(HOST_1, vm, "PAUSED", "USER");
                world.center.observe(HOST_1, vm);
                return world.lifecycle.resume(vm, null, TESTER);
            },
            world -> world.lifecycle.delete(world.center.stoppedVm("web-1"), null, TESTER));

    private static UUID running(LifecycleWorld world) {
        return world.center.runningVm("web-1", HOST_1);
    }

    @Test
    void a_cancel_in_any_phase_of_any_kind_leaves_nothing_half_done() {
        Set<String> cancelled = new TreeSet<>();
        Set<String> all = new LifecycleWorld().center.tasks.phasesWithSteps();
        for (String kindAndPhase : all) {
            String phase = kindAndPhase.substring(kindAndPhase.indexOf('/') + 1);
            for (int story = 0; story < STORIES.size(); story++) {
                for (boolean everyStepTwice : List.of(false, true)) {
                    var world = new LifecycleWorld();
                    world.center.agents.immediate.add("cancel");
                    TaskView task = STORIES.get(story).apply(world);
                    if (!kindAndPhase.startsWith(task.kind() + "/")) {
                        continue;
                    }
                    world.center.tasks.everyStepTwice = everyStepTwice;
                    if (Cancelled.in(world.center, task, phase)) {
                        cancelled.add(kindAndPhase);
                        Cancelled.assertConsistent(
                                world.center, task.target().id(), "story %d, %s".formatted(story, kindAndPhase));
                    }
                }
            }
        }
        assertThat(cancelled).isEqualTo(all);
    }

    @Test
    void a_cancel_at_any_moment_leaves_nothing_half_done() {
        for (int story = 0; story < STORIES.size(); story++) {
            for (boolean atOnce : List.of(false, true)) {
                int moments = 0;
                while (cancelledAfter(story, moments, atOnce)) {
                    moments++;
                }
                assertThat(moments).as("moments of story %d", story).isGreaterThan(1);
            }
        }
    }

    /** @param atOnce whether agents stop as soon as they are asked to, or finish what they are at */
    private static boolean cancelledAfter(int story, int moment, boolean atOnce) {
        var world = new LifecycleWorld();
        if (atOnce) {
            world.center.agents.immediate.add("cancel");
        }
        TaskView task = STORIES.get(story).apply(world);
        boolean cancelled = Cancelled.after(world.center, task, moment);
        Cancelled.assertConsistent(
                world.center, task.target().id(), "story %d, cancelled after %d steps".formatted(story, moment));
        return cancelled;
    }
}

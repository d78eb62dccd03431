package dev.meseta.lab.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * What each client will try. The same numbers give the same plan; which verb a turn becomes depends on how the client sees
 * the VM at that moment.
 *
 * @param clients the turns of each client
 * @param slots how many VMs there may be at once
 */
record WorkloadPlan(List<List<Turn>> clients, int slots) {

    private static final long LONGEST_PAUSE_MS = 250;

    /**
     * One thing to try.
     *
     * @param slot which VM
     * @param choice 0 to 1: which verb, of those that fit
     * @param pauseMs before it
     */
    record Turn(int slot, double choice, long pauseMs) {}

    static WorkloadPlan of(long seed, int clients, int turns, int slots) {
        SplittableRandom random = new SplittableRandom(seed ^ 0x776f726b6c6f6164L);
        List<List<Turn>> plans = new ArrayList<>();
        for (int client = 0; client < clients; client++) {
            SplittableRandom own = random.split();
            List<Turn> plan = new ArrayList<>();
            for (int turn = 0; turn < turns; turn++) {
                plan.add(new Turn(own.nextInt(slots), own.nextDouble(), own.nextLong(LONGEST_PAUSE_MS + 1)));
            }
            plans.add(List.copyOf(plan));
        }
        return new WorkloadPlan(List.copyOf(plans), slots);
    }
}

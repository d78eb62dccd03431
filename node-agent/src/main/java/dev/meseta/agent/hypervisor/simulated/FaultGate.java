package dev.meseta.agent.hypervisor.simulated;

import dev.meseta.agent.hypervisor.HypervisorException;
import dev.meseta.agent.hypervisor.HypervisorException.Code;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.function.Supplier;

/** Every call of a simulated hypervisor passes through here and meets its fault. */
final class FaultGate {

    private final FaultPlan plan;
    private final VirtualClock clock;

    FaultGate(FaultPlan plan, VirtualClock clock) {
        this.plan = plan;
        this.clock = clock;
    }

    void run(SimulatedOperation operation, Runnable effect) {
        var unused = call(operation, () -> {
            effect.run();
            return true;
        });
    }

    <T> T call(SimulatedOperation operation, Supplier<T> effect) {
        Optional<Fault> fault = draw(operation);
        OptionalInt unused = before(operation, fault);
        T answer = effect.get();
        after(operation, fault);
        return answer;
    }

    Optional<Fault> draw(SimulatedOperation operation) {
        return plan.draw(operation);
    }

    /** What happens ahead of the effect; answers where a migration shall break. */
    OptionalInt before(SimulatedOperation operation, Optional<Fault> fault) {
        if (operation.changesSomething()) {
            Duration latency = plan.drawLatency();
            if (latency.isPositive()) {
                pause(latency);
            }
        }
        if (fault.isEmpty()) {
            return OptionalInt.empty();
        }
        switch (fault.get()) {
            case Fault.Fail fail -> throw new HypervisorException(fail.code(), "simulated failure of " + operation);
            case Fault.Delay delay -> pause(delay.duration());
            case Fault.Hang hang -> await(plan.hung());
            case Fault.OutcomeUnknown outcome -> {
                if (!outcome.effective()) {
                    throw unknown(operation);
                }
            }
            case Fault.BreakMigration breaking -> {
                return OptionalInt.of(breaking.percent());
            }
        }
        return OptionalInt.empty();
    }

    void after(SimulatedOperation operation, Optional<Fault> fault) {
        if (fault.isPresent() && fault.get() instanceof Fault.OutcomeUnknown) {
            throw unknown(operation);
        }
    }

    private static HypervisorException unknown(SimulatedOperation operation) {
        return new HypervisorException(Code.OUTCOME_UNKNOWN, "simulated unknown outcome of " + operation);
    }

    private void pause(Duration duration) {
        CountDownLatch over = new CountDownLatch(1);
        VirtualClock.Timer timer = clock.schedule(duration, over::countDown);
        try {
            await(over);
        } finally {
            timer.cancel();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new HypervisorException(Code.HYPERVISOR_ERROR, "interrupted before the call had an effect", e);
        }
    }
}

package dev.meseta.manager.lifecycle;

import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmObserved;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.shared.Topic;
import dev.meseta.manager.shared.Topics;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.Tasks;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Ends tasks only when what is observed of their VMs shows what was done. An agent that is asked again may tell the end of
 * an operation before its watch, just being connected again, has told of the domain; whoever then acts on the task's end
 * would be refused because of the past. Bounded: the work is done either way.
 */
@Component
public class SeenEnds {

    /** How long a task waits at most for what is observed to follow. */
    public static final Duration PATIENCE = Duration.ofSeconds(30);

    /** The watch tells within milliseconds as a rule, which is less than writing down that a task waits. */
    private static final Duration IN_HAND = Duration.ofMillis(250);

    /** For observations of which nobody tells. */
    private static final Duration LOOK_AGAIN = Duration.ofMillis(500);

    private final Vms vms;
    private final Tasks tasks;
    private final InstantSource clock;
    private final Duration inHand;
    private final Topic<Seen> seenHere;
    private final Map<UUID, Waiting> waiting = new ConcurrentHashMap<>();

    @Autowired
    public SeenEnds(Vms vms, Tasks tasks, InstantSource clock, Topics topics) {
        this(vms, tasks, clock, topics.topic("vm.observed", Seen.class), IN_HAND);
    }

    /** @param inHand how long a step waits itself before its task is put aside */
    public SeenEnds(Vms vms, Tasks tasks, InstantSource clock, Topic<Seen> seenHere, Duration inHand) {
        this.vms = vms;
        this.tasks = tasks;
        this.clock = clock;
        this.inHand = inHand;
        this.seenHere = seenHere;
        seenHere.whenTold(seen -> heard(seen.vmId()));
    }

    /**
     * The task's end when it is seen or was waited for long enough; else a wait.
     *
     * @param seenBy from the payload: until when it is waited for; null before the first look
     * @param patient the payload with such a moment
     */
    public <P extends Record> StepResult<P> when(
            TaskContext<P> context,
            Predicate<Vm.Observed> expected,
            @Nullable Instant seenBy,
            Function<Instant, P> patient,
            Supplier<StepResult<P>> end) {
        if (isSeen(context, expected) || (seenBy == null && isSeenSoon(context, expected))) {
            waiting.remove(context.targetId());
            return end.get();
        }
        if (seenBy == null) {
            return new StepResult.Wait<>(patient.apply(clock.instant().plus(PATIENCE)), LOOK_AGAIN);
        }
        if (clock.instant().isBefore(seenBy)) {
            return new StepResult.Wait<>(context.payload(), LOOK_AGAIN);
        }
        waiting.remove(context.targetId());
        return end.get();
    }

    private boolean isSeen(TaskContext<?> context, Predicate<Vm.Observed> expected) {
        UUID vmId = context.targetId();
        // Noted before the look, so that no change falls between the two.
        waiting.put(vmId, new Waiting(context.taskId(), new CountDownLatch(1)));
        return expected.test(vms.require(vmId).observed());
    }

    private boolean isSeenSoon(TaskContext<?> context, Predicate<Vm.Observed> expected) {
        Waiting noted = waiting.get(context.targetId());
        // Not noted any more: it was observed since the look.
        if (noted != null) {
            try {
                var unused = noted.observed().await(inHand.toNanos(), TimeUnit.NANOSECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        // Told or not: what another manager stores may not be told here.
        return isSeen(context, expected);
    }

    /** What managers tell each other: one of them has stored an observation of this VM. */
    public record Seen(UUID vmId) {}

    private record Waiting(UUID taskId, CountDownLatch observed) {}

    /** Called on the thread that reads a host's watch. */
    @EventListener
    public void on(VmObserved event) {
        heard(event.vmId());
        seenHere.tellOthers(new Seen(event.vmId()));
    }

    private void heard(UUID vmId) {
        Waiting noted = waiting.remove(vmId);
        if (noted != null) {
            noted.observed().countDown();
            tasks.signal(noted.taskId());
        }
    }

    /** It ran after it had been down since that moment; it may have gone down again meanwhile. */
    public static Predicate<Vm.Observed> ranAfter(@Nullable Instant downSince) {
        return observed -> switch (observed.status()) {
            case UNKNOWN -> false;
            case DOWN -> downSince != null && !downSince.equals(observed.statusSince());
            default -> true;
        };
    }

    /** It runs nowhere. */
    public static boolean isDown(Vm.Observed observed) {
        return observed.status() == VmStatus.DOWN;
    }
}

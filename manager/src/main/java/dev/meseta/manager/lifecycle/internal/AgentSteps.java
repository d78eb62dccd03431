package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.AgentCall;
import dev.meseta.manager.agents.AgentOutcome;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.storage.Storage;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.TaskContext;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/** The words that steps which talk to an agent share. */
final class AgentSteps {

    /** A running operation signals its task; this only bounds the damage of a lost signal. */
    static final Duration RUNNING = Duration.ofSeconds(5);

    /** How soon a host that gave no answer, or an undecided one, is asked again. */
    static final Duration NO_ANSWER = Duration.ofSeconds(2);

    /** Something unexpected keeps happening where giving up could cost a guest. */
    static final Duration STUCK = Duration.ofSeconds(30);

    private AgentSteps() {}

    static AgentCall call(TaskContext<?> context, String operationId, Optional<Instant> deadline) {
        return new AgentCall(operationId, context.correlationId(), context.requestedBy(), deadline);
    }

    static AgentCall call(TaskContext<?> context) {
        return call(context, context.operationId(), Optional.empty());
    }

    static <P extends Record> StepResult<P> waitFor(TaskContext<P> context, Duration atMost) {
        return new StepResult.Wait<>(context.payload(), atMost);
    }

    /** Takes a VM's disks and seed off the storage, all at once. */
    static AgentOutcome removeVolumes(
            HostAgents agents, TaskContext<?> context, UUID hostId, UUID vmId, List<Storage.Disk> disks) {
        List<AgentOutcome> outcomes = new ArrayList<>();
        for (Storage.Disk disk : disks) {
            AgentCall removal = call(context, context.operationId("disk-" + disk.index()), Optional.empty());
            outcomes.add(
                    AgentOutcome.of(() -> agents.removeVolume(hostId, removal, disk.storageDomainId(), disk.id())));
        }
        disks.stream().map(Storage.Disk::storageDomainId).distinct().forEach(domain -> {
            AgentCall removal = call(context, context.operationId("seed-" + domain), Optional.empty());
            outcomes.add(AgentOutcome.of(() -> agents.removeSeed(hostId, removal, domain, vmId)));
        });
        return AgentOutcome.together(outcomes);
    }
}

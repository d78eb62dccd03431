package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperationChanged;
import dev.meseta.manager.tasks.Tasks;
import java.util.Optional;
import java.util.UUID;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/**
 * Wakes the task that waits for an agent's operation, of whatever kind: operation ids begin with the task's id. Called
 * on the thread that reads the host's watch.
 */
@Component
class AgentSignals {

    private static final int UUID_LENGTH = 36;

    private final Tasks tasks;

    AgentSignals(Tasks tasks) {
        this.tasks = tasks;
    }

    @EventListener
    void on(AgentOperationChanged event) {
        if (event.operation().state() != AgentOperation.State.RUNNING) {
            taskOf(event.operation().operationId()).ifPresent(tasks::signal);
        }
    }

    /** Empty for operations that no task began. */
    static Optional<UUID> taskOf(String operationId) {
        if (operationId.length() < UUID_LENGTH) {
            return Optional.empty();
        }
        try {
            return Optional.of(UUID.fromString(operationId.substring(0, UUID_LENGTH)));
        } catch (IllegalArgumentException notOurs) {
            return Optional.empty();
        }
    }
}

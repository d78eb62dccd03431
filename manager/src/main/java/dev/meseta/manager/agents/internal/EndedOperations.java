package dev.meseta.manager.agents.internal;

import dev.meseta.manager.agents.AgentOperation;
import dev.meseta.manager.agents.AgentOperation.State;
import dev.meseta.manager.agents.AgentOperationChanged;
import dev.meseta.manager.agents.AgentOperations;
import dev.meseta.manager.agents.HostAgents;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import java.time.Duration;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** Hands the end of an operation, as seen on a host's watch, to whoever waits for it. */
@Component
class EndedOperations implements AgentOperations {

    private static final Duration ASK_AGAIN = Duration.ofSeconds(1);

    private final HostAgents agents;
    private final Map<String, CompletableFuture<AgentOperation>> awaited = new ConcurrentHashMap<>();

    EndedOperations(HostAgents agents) {
        this.agents = agents;
    }

    @EventListener
    void on(AgentOperationChanged event) {
        AgentOperation operation = event.operation();
        CompletableFuture<AgentOperation> waiting = awaited.get(operation.operationId());
        if (waiting != null && operation.state() != State.RUNNING) {
            waiting.complete(operation);
        }
    }

    @Override
    public AgentOperation awaitSuccess(UUID hostId, AgentOperation begun, Duration atMost) {
        return succeeded(begun.state() == State.RUNNING ? await(hostId, begun, atMost) : begun);
    }

    private AgentOperation await(UUID hostId, AgentOperation begun, Duration atMost) {
        String id = begun.operationId();
        CompletableFuture<AgentOperation> end = awaited.computeIfAbsent(id, key -> new CompletableFuture<>());
        try {
            // It may have ended between the answer and the line above; the watch does not say it twice.
            agents.operation(hostId, id)
                    .filter(operation -> operation.state() != State.RUNNING)
                    .ifPresent(end::complete);
            return toldOrAsked(hostId, begun, end, atMost);
        } catch (ExecutionException e) {
            throw new IllegalStateException("nobody completes an awaited operation with an exception", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MesetaException(
                    ErrorCode.DEADLINE_EXCEEDED, "Interrupted while waiting for %s.".formatted(begun.kind()), e);
        } finally {
            awaited.remove(id, end);
        }
    }

    /** The watch tells the manager that has it; any other has to ask. */
    private AgentOperation toldOrAsked(
            UUID hostId, AgentOperation begun, CompletableFuture<AgentOperation> end, Duration atMost)
            throws ExecutionException, InterruptedException {
        Duration left = atMost;
        while (true) {
            Duration pause = left.compareTo(ASK_AGAIN) < 0 ? left : ASK_AGAIN;
            try {
                return end.get(pause.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                left = left.minus(pause);
                if (!left.isPositive()) {
                    throw new MesetaException(
                            ErrorCode.DEADLINE_EXCEEDED,
                            "The agent of host %s has not finished %s within %d s."
                                    .formatted(hostId, begun.kind(), atMost.toSeconds()),
                            e);
                }
            }
            agents.operation(hostId, begun.operationId())
                    .filter(operation -> operation.state() != State.RUNNING)
                    .ifPresent(end::complete);
        }
    }

    private static AgentOperation succeeded(AgentOperation ended) {
        if (ended.state() == State.SUCCEEDED) {
            return ended;
        }
        ErrorCode code = ended.errorCode() != null ? ended.errorCode() : ErrorCode.OUTCOME_UNKNOWN;
        throw new MesetaException(code, "%s: %s".formatted(ended.kind(), ended.errorDetail()));
    }
}

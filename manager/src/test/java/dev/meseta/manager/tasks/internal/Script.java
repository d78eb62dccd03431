package dev.meseta.manager.tasks.internal;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.tasks.StepResult;
import dev.meseta.manager.tasks.StepResult.TransactionalEffects;
import dev.meseta.manager.tasks.TaskContext;
import dev.meseta.manager.tasks.TaskHandler;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A handler put together by a test: one function per phase. Notes the operation id of every step it is given. */
final class Script implements TaskHandler<Script.Payload> {

    /** What a scripted task carries. */
    record Payload(int count, String text) {
        Payload counted() {
            return new Payload(count + 1, text);
        }
    }

    /** More than most tests need; SUCCEEDED makes ended tasks show it. */
    enum Steps {
        FIRST,
        SECOND,
        THIRD,
        UNDO,
        SUCCEEDED
    }

    interface GiveUp {
        StepResult<Payload> decide(TaskContext<Payload> context, ErrorCode code, String detail);
    }

    final List<String> operations = new CopyOnWriteArrayList<>();
    private final Map<String, Function<TaskContext<Payload>, StepResult<Payload>>> steps = new ConcurrentHashMap<>();
    private final String kind;
    private final int schemaVersion;
    private final Map<String, Duration> limits = new ConcurrentHashMap<>();
    private int maxAttempts = 4;
    private @Nullable Duration limit;
    private @Nullable UnaryOperator<Map<String, Object>> upgrade;
    private @Nullable GiveUp giveUp;

    Script(String kind) {
        this(kind, 1);
    }

    Script(String kind, int schemaVersion) {
        this.kind = kind;
        this.schemaVersion = schemaVersion;
    }

    Script on(Steps phase, Function<TaskContext<Payload>, StepResult<Payload>> step) {
        steps.put(phase.name(), step);
        return this;
    }

    Script limit(Duration ofTask) {
        limit = ofTask;
        return this;
    }

    Script limit(Steps phase, Duration ofPhase) {
        limits.put(phase.name(), ofPhase);
        return this;
    }

    Script upgradingBy(UnaryOperator<Map<String, Object>> change) {
        upgrade = change;
        return this;
    }

    @Override
    public Optional<Duration> timeLimit() {
        return Optional.ofNullable(limit);
    }

    @Override
    public Optional<Duration> timeLimit(String phase) {
        return Optional.ofNullable(limits.get(phase));
    }

    @Override
    public Map<String, Object> upgrade(int fromVersion, Map<String, Object> payload) {
        UnaryOperator<Map<String, Object>> change = upgrade;
        return change == null ? payload : change.apply(payload);
    }

    Script maxAttempts(int attempts) {
        maxAttempts = attempts;
        return this;
    }

    Script whenGivingUp(GiveUp decision) {
        giveUp = decision;
        return this;
    }

    @Override
    public String kind() {
        return kind;
    }

    @Override
    public int schemaVersion() {
        return schemaVersion;
    }

    @Override
    public Class<Payload> payloadType() {
        return Payload.class;
    }

    @Override
    public Class<? extends Enum<?>> phases() {
        return Steps.class;
    }

    @Override
    public int maxAttempts(String phase) {
        return maxAttempts;
    }

    @Override
    public StepResult<Payload> step(TaskContext<Payload> context) {
        operations.add(context.operationId());
        var step = steps.get(context.phase());
        if (step == null) {
            throw new IllegalStateException("nothing scripted for " + context.phase());
        }
        return step.apply(context);
    }

    @Override
    public StepResult<Payload> giveUp(TaskContext<Payload> context, ErrorCode code, String detail) {
        GiveUp decision = giveUp;
        return decision == null
                ? TaskHandler.super.giveUp(context, code, detail)
                : decision.decide(context, code, detail);
    }

    /** Operation ids without the task's. */
    List<String> phasesRun() {
        return operations.stream()
                .map(operation -> operation.substring(operation.indexOf(':') + 1))
                .toList();
    }

    static StepResult<Payload> advance(TaskContext<Payload> context, Steps phase) {
        return advance(context, phase, TransactionalEffects.NONE);
    }

    static StepResult<Payload> advance(TaskContext<Payload> context, Steps phase, TransactionalEffects effects) {
        return new StepResult.Advance<>(phase.name(), context.payload().counted(), "on to " + phase, effects);
    }

    static StepResult<Payload> succeed(TaskContext<Payload> context) {
        return succeed(context, TransactionalEffects.NONE);
    }

    static StepResult<Payload> succeed(TaskContext<Payload> context, TransactionalEffects effects) {
        return new StepResult.Succeed<>(context.payload().counted(), "done", effects);
    }

    static StepResult<Payload> await(TaskContext<Payload> context) {
        return new StepResult.Wait<>(context.payload(), Duration.ofHours(1));
    }

    static StepResult<Payload> retry(ErrorCode code) {
        return new StepResult.Retry<>(code, "not this time");
    }

    static StepResult<Payload> fail(TaskContext<Payload> context, ErrorCode code) {
        return new StepResult.Fail<>(context.payload(), code, "no more", TransactionalEffects.NONE);
    }
}

package dev.meseta.lab.faults;

import dev.meseta.lab.client.MesetaClient;
import dev.meseta.lab.process.Await;
import dev.meseta.lab.stack.Stack;
import java.time.Duration;

/** The one manager of a stack. */
final class OneManager implements Managers {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration PATIENCE = Duration.ofSeconds(8);

    private final Stack stack;

    OneManager(Stack stack) {
        this.stack = stack;
    }

    @Override
    public int count() {
        return 1;
    }

    @Override
    public MesetaClient client(int manager) {
        return MesetaClient.fromAccessFile(stack.state().access(), PATIENCE);
    }

    @Override
    public void kill(int manager) {
        stack.manager().kill();
    }

    @Override
    public void start(int manager) {
        // It may end while it is waited for, when it finds that it had been paused for too long.
        Await.until("the manager", LIMIT, () -> {
            try {
                stack.restartManager();
                return true;
            } catch (IllegalStateException ended) {
                return false;
            }
        });
    }

    @Override
    public void pause(int manager) {
        stack.manager().running().ifPresent(process -> Signals.send(process, Signals.STOP));
    }

    @Override
    public void resume(int manager) {
        stack.manager().running().ifPresent(process -> Signals.send(process, Signals.CONTINUE));
    }

    @Override
    public boolean isRunning(int manager) {
        return stack.manager().running().isPresent();
    }
}

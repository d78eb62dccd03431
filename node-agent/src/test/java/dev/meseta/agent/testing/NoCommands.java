package dev.meseta.agent.testing;

import dev.meseta.agent.system.Commands;
import java.time.Duration;
import java.util.List;

/** A host where every program succeeds and prints nothing. */
public final class NoCommands implements Commands {

    @Override
    public Result run(List<String> arguments, Duration timeout) {
        return new Result(0, "", "");
    }
}

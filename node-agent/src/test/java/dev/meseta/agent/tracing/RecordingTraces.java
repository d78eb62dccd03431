package dev.meseta.agent.tracing;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** Writes down what it is told. */
public final class RecordingTraces implements Traces {

    /** A line for each beginning and each end. */
    public final List<String> told = new CopyOnWriteArrayList<>();

    @Override
    public boolean isOn() {
        return true;
    }

    @Override
    public Traces ofHost(String hostId) {
        return this;
    }

    @Override
    public Span begin(String name, Map<String, String> attributes) {
        told.add("begin %s %s of %s by epoch %s for %s"
                .formatted(
                        name,
                        attributes.get("meseta.operation.id"),
                        attributes.get("meseta.target.id"),
                        attributes.get("meseta.operation.epoch"),
                        attributes.get("meseta.correlation_id")));
        return (state, error) -> told.add("end " + state + " " + orNothing(error));
    }

    private static String orNothing(Optional<String> error) {
        return error.orElse("");
    }

    @Override
    public void close() {
        told.add("close");
    }
}

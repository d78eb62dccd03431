package dev.meseta.lab.faults;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a run showed.
 *
 * @param requests how many answers of each kind there were
 * @param tasks how many tasks ended in each way, by kind
 * @param faults how many there were of each kind
 * @param guestRuns how often a guest began to be on a host
 * @param settledMs from the end of healing until nothing was wrong any more; -1: never
 * @param violations in the end
 * @param history file of all that was done and seen
 */
public record FaultReport(
        RunOptions options,
        Map<String, Long> requests,
        Map<String, Long> tasks,
        Map<FaultKind, Integer> faults,
        int guestRuns,
        long settledMs,
        List<Violation> violations,
        Path history) {

    public boolean held() {
        return violations.isEmpty();
    }

    /** For a person. */
    public String table() {
        StringBuilder text = new StringBuilder();
        line(text, "seed", Long.toString(options.seed()));
        line(
                text,
                "data center",
                "%d manager(s), %d %s hosts"
                        .formatted(options.managers(), options.hosts(), options.real() ? "real" : "simulated"));
        line(text, "load", "%d s, %d clients".formatted(options.duration().toSeconds(), options.clients()));
        line(
                text,
                "requests",
                requests.values().stream().mapToLong(Long::longValue).sum() + "  " + new TreeMap<>(requests));
        line(text, "tasks", tasks.values().stream().mapToLong(Long::longValue).sum() + "  " + new TreeMap<>(tasks));
        line(
                text,
                "faults",
                faults.values().stream().mapToInt(Integer::intValue).sum() + "  " + new TreeMap<>(faults));
        line(text, "guests began", Integer.toString(guestRuns));
        line(text, "settled after", settledMs < 0 ? "never" : "%.1f s".formatted(settledMs / 1_000.0));
        for (Property property : Property.values()) {
            long broken = violations.stream()
                    .filter(each -> each.property() == property)
                    .count();
            line(text, property.title(), broken == 0 ? "held" : "BROKEN, %d times".formatted(broken));
        }
        violations.forEach(each -> text.append("  ").append(each).append('\n'));
        line(text, "history", history.toString());
        return text.toString();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append("%-28s %s%n".formatted(name, value));
    }
}

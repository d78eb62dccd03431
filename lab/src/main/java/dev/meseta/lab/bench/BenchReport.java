package dev.meseta.lab.bench;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/** Result of one benchmark, as a table for people and as JSON for programs. */
public record BenchReport(String bench, String commit, String machine, List<Measure> measures) {

    public BenchReport {
        measures = List.copyOf(measures);
    }

    /** One line per measure, medians with their range. */
    public String table() {
        StringBuilder table = new StringBuilder();
        table.append(String.format(
                Locale.ROOT,
                "%-14s %-6s %28s %28s %8s %8s %s%n",
                "measure",
                "unit",
                "meseta median (min-max)",
                "peer median (min-max)",
                "ratio",
                "goal",
                ""));
        for (Measure measure : measures) {
            Measure.Peer peer = measure.peer();
            Double ratio = measure.ratio();
            Double goal = measure.goal();
            Boolean met = measure.met();
            table.append(String.format(
                    Locale.ROOT,
                    "%-14s %-6s %28s %28s %8s %8s %s%n",
                    measure.name(),
                    measure.unit(),
                    cell(measure.ours()),
                    peer == null ? "" : cell(peer.summary()),
                    ratio == null ? "" : String.format(Locale.ROOT, "%.3f", ratio),
                    goal == null ? "" : String.format(Locale.ROOT, "%.2f", goal),
                    met == null ? "" : met ? "met" : "missed"));
            if (peer != null) {
                table.append(String.format(
                        "  peer: %s, n = %d%n", peer.name(), peer.summary().n()));
            }
        }
        return table.toString();
    }

    /** The shape that {@code ./meseta bench --json} promises. */
    public String json() {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("bench", bench);
        report.put("commit", commit);
        report.put("machine", machine);
        report.put("measures", measures.stream().map(BenchReport::toMap).toList());
        return JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(report);
    }

    private static Map<String, @Nullable Object> toMap(Measure measure) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("name", measure.name());
        map.put("unit", measure.unit());
        map.put("ours", measure.ours());
        Measure.Peer peer = measure.peer();
        if (peer == null) {
            map.put("peer", null);
        } else {
            Map<String, Object> other = new LinkedHashMap<>();
            other.put("name", peer.name());
            other.put("min", peer.summary().min());
            other.put("median", peer.summary().median());
            other.put("max", peer.summary().max());
            other.put("n", peer.summary().n());
            map.put("peer", other);
        }
        map.put("ratio", measure.ratio());
        map.put("goal", measure.goal());
        map.put("met", measure.met());
        return map;
    }

    private static String cell(Samples.Summary summary) {
        return String.format(Locale.ROOT, "%.1f (%.1f-%.1f)", summary.median(), summary.min(), summary.max());
    }
}

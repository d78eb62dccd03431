package dev.meseta.manager.flows.internal;

import dev.meseta.manager.shared.query.SqlFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Sums over a range. A conversation counts by what its client's vNIC saw if that saw anything of it in the range, else by
 * what its server's saw: decided for the range and not for each bucket, because hosts report at moments of their own and what
 * is in one bucket at one end may be in the next at the other.
 */
final class FlowSql {

    private static final String OF_VM =
            " AND f.conversation IN (SELECT id FROM flow_conversation WHERE client_vm_id = :rangeVm OR server_vm_id = :rangeVm)";

    private final FlowRange range;
    private final @Nullable UUID vmId;

    FlowSql(FlowRange range, @Nullable UUID vmId) {
        this.range = range;
        this.vmId = vmId;
    }

    Map<String, Object> parameters() {
        Map<String, Object> parameters = new HashMap<>();
        parameters.put("rangeFrom", FlowRows.utc(range.from()));
        parameters.put("rangeTo", FlowRows.utc(range.to()));
        if (vmId != null) {
            parameters.put("rangeVm", vmId);
        }
        return parameters;
    }

    /** Both filters' conditions and all parameters. */
    SqlFilter with(SqlFilter one, SqlFilter other) {
        Map<String, Object> all = parameters();
        all.putAll(one.parameters());
        all.putAll(other.parameters());
        return new SqlFilter("TRUE" + one.and() + other.and(), all);
    }

    /** {@code s}, one row for each conversation of the range, with {@code c} and what {@link FlowSight} needs. */
    String conversations() {
        return """
                (SELECT f.conversation, %s, sum(f.c_records) AS c_records, sum(f.s_records) AS s_records,
                    min(f.first_seen) AS first_seen, max(f.last_seen) AS last_seen
                FROM %s f WHERE %s GROUP BY f.conversation) s
                JOIN flow_conversation c ON c.id = s.conversation""".formatted(sums("sum(f.c_records) > 0"), range.grain().table(), inRange()) + FlowSight.JOINS;
    }

    private String inRange() {
        return "f.bucket >= :rangeFrom AND f.bucket < :rangeTo" + (vmId == null ? "" : OF_VM);
    }

    /** Sums by bucket. */
    String timeline(SqlFilter filter) {
        return """
                WITH side AS (SELECT f.conversation, sum(f.c_records) > 0 AS by_client
                    FROM %1$s f JOIN flow_conversation c ON c.id = f.conversation%4$s
                    WHERE %3$s%5$s GROUP BY f.conversation)
                SELECT f.bucket,
                    count(*) FILTER (WHERE CASE WHEN side.by_client THEN f.c_records ELSE f.s_records END > 0) AS conversations,
                    %2$s
                FROM %1$s f JOIN side ON side.conversation = f.conversation WHERE %3$s GROUP BY f.bucket ORDER BY f.bucket""".formatted(range.grain().table(), sumsOfSide(), inRange(), FlowSight.JOINS, filter.and());
    }

    /** The side is the same for all rows of a group. */
    private static String sums(String byClient) {
        StringBuilder columns = new StringBuilder();
        for (String column : Counts.COLUMNS.subList(1, Counts.COLUMNS.size())) {
            columns.append(columns.isEmpty() ? "" : ", ")
                    .append("CAST(CASE WHEN %s THEN %s ELSE %s END AS bigint) AS %s"
                            .formatted(byClient, sum(column, "f.c_" + column), sum(column, "f.s_" + column), column));
        }
        return columns
                + ", CAST(CASE WHEN %1$s THEN sum(f.c_request_bytes + f.c_response_bytes) ELSE sum(f.s_request_bytes + f.s_response_bytes) END AS bigint) AS bytes"
                        .formatted(byClient);
    }

    /** The side differs between the rows of a group. */
    private static String sumsOfSide() {
        StringBuilder columns = new StringBuilder();
        for (String column : Counts.COLUMNS.subList(1, Counts.COLUMNS.size())) {
            String value = "CASE WHEN side.by_client THEN f.c_%1$s ELSE f.s_%1$s END".formatted(column);
            columns.append("CAST(%s AS bigint) AS %s, ".formatted(sum(column, value), column));
        }
        return columns
                + "CAST(sum(CASE WHEN side.by_client THEN f.c_request_bytes + f.c_response_bytes ELSE f.s_request_bytes + f.s_response_bytes END) AS bigint) AS bytes";
    }

    private static String sum(String column, String value) {
        if (column.endsWith("_min_us")) {
            return "min(nullif(%s, 0))".formatted(value);
        }
        return (column.endsWith("_max_us") ? "max(%s)" : "sum(%s)").formatted(value);
    }
}

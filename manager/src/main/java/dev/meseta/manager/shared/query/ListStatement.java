package dev.meseta.manager.shared.query;

import dev.meseta.manager.shared.Page;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * One page of a list as SQL: conditions, order and limit to be put behind a SELECT, and the page made of its rows. Every
 * value is a bound parameter.
 */
public final class ListStatement {

    private final ListRequest request;
    private final String sort;
    private final String clauses;
    private final String keyColumns;
    private final Map<String, Object> parameters;

    private ListStatement(
            ListRequest request, String sort, String clauses, String keyColumns, Map<String, Object> parameters) {
        this.request = request;
        this.sort = sort;
        this.clauses = clauses;
        this.keyColumns = keyColumns;
        this.parameters = parameters;
    }

    /**
     * A row with its place in the order.
     *
     * @param sortKey column {@code sort_key}
     * @param sortId column {@code sort_id}
     */
    public record Keyed<T>(T item, String sortKey, String sortId) {}

    /** @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST for a search, sort or cursor that makes no sense */
    public static ListStatement of(ListRequest request, ListFields fields) {
        return of(request, fields, SqlFilter.ALL);
    }

    /** As {@link #of(ListRequest, ListFields)}, of those rows that fit a filter. */
    public static ListStatement of(ListRequest request, ListFields fields, SqlFilter filter) {
        String sort = request.sort().isEmpty() ? fields.defaultSort() : request.sort();
        boolean descending = sort.startsWith("-");
        ListFields.SortField field = fields.sorts().get(descending ? sort.substring(1) : sort);
        if (field == null) {
            throw ListRequest.malformed(
                    "sort",
                    "The list cannot be sorted by %s; it can by: %s."
                            .formatted(
                                    sort,
                                    String.join(
                                            ", ", new TreeSet<>(fields.sorts().keySet()))));
        }
        Map<String, Object> parameters = new LinkedHashMap<>();
        List<String> conditions = new ArrayList<>(SearchLanguage.conditions(request.q(), fields, parameters));
        if (!request.cursor().isEmpty()) {
            Cursor cursor = Cursor.decode(request.cursor(), sort, field.type(), fields.idType());
            parameters.put("cursorKey", cursor.key());
            parameters.put("cursorId", cursor.id());
            conditions.add("(%s, %s) %s (CAST(:cursorKey AS %s), CAST(:cursorId AS %s))"
                    .formatted(
                            field.expression(),
                            field.idExpression(),
                            descending ? "<" : ">",
                            field.type().sql(),
                            fields.idType().sql()));
        }
        if (!filter.condition().isEmpty()) {
            conditions.add("(" + filter.condition() + ")");
            parameters.putAll(filter.parameters());
        }
        parameters.put("pageLimit", request.limit() + 1);
        String direction = descending ? " DESC" : "";
        String where = conditions.isEmpty() ? "" : " WHERE " + String.join(" AND ", conditions);
        return new ListStatement(
                request,
                sort,
                where + " ORDER BY " + field.expression() + direction + ", " + field.idExpression() + direction
                        + " LIMIT :pageLimit",
                "CAST(%s AS text) AS sort_key, CAST(%s AS text) AS sort_id"
                        .formatted(field.expression(), field.idExpression()),
                parameters);
    }

    /**
     * The conditions of a search alone, for sums over the rows of a list.
     *
     * @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST for a search that makes no sense
     */
    public static SqlFilter search(String q, ListFields fields) {
        Map<String, Object> parameters = new LinkedHashMap<>();
        List<String> conditions = SearchLanguage.conditions(q, fields, parameters);
        return conditions.isEmpty() ? SqlFilter.ALL : new SqlFilter(String.join(" AND ", conditions), parameters);
    }

    /**
     * The whole statement.
     *
     * @param columns of the SELECT
     * @param from tables and joins, without WHERE
     */
    public String sql(String columns, String from) {
        return "SELECT " + columns + ", " + keyColumns + " FROM " + from + clauses;
    }

    public Map<String, Object> parameters() {
        return Map.copyOf(parameters);
    }

    /** @param rows as the statement gave them: one more than asked for tells that there is a next page */
    public <T> Page<T> page(List<Keyed<T>> rows) {
        boolean more = rows.size() > request.limit();
        List<Keyed<T>> shown = more ? rows.subList(0, request.limit()) : rows;
        String next = null;
        if (more) {
            Keyed<T> last = shown.getLast();
            next = new Cursor(last.sortKey(), last.sortId()).encode(sort);
        }
        return new Page<>(shown.stream().map(Keyed::item).toList(), next);
    }

    /** Where a page ended; opaque to clients. */
    private record Cursor(String key, String id) {

        private static final char SEPARATOR = '\n';

        String encode(String sort) {
            String text = sort + SEPARATOR + id + SEPARATOR + key;
            return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
        }

        static Cursor decode(String text, String sort, ListFields.Type keyType, ListFields.Type idType) {
            try {
                String decoded = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
                int first = decoded.indexOf(SEPARATOR);
                int second = decoded.indexOf(SEPARATOR, first + 1);
                if (first < 0 || second < 0 || !decoded.substring(0, first).equals(sort)) {
                    throw bad();
                }
                String key = decoded.substring(second + 1);
                if (key.indexOf('\0') >= 0 || !keyType.accepts(key)) {
                    throw bad();
                }
                String id = decoded.substring(first + 1, second);
                if (!idType.accepts(id)) {
                    throw bad();
                }
                return new Cursor(key, id);
            } catch (IllegalArgumentException e) {
                throw bad();
            }
        }

        private static RuntimeException bad() {
            return ListRequest.malformed(
                    "cursor", "The cursor does not belong to this list and order; begin again without one.");
        }
    }
}

package dev.meseta.manager.database;

import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.query.ListFields;
import dev.meseta.manager.shared.query.ListRequest;
import dev.meseta.manager.shared.query.ListStatement;
import dev.meseta.manager.shared.query.ListStatement.Keyed;
import dev.meseta.manager.shared.query.SqlFilter;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Runs the statements of lists. */
public final class ListQueries {

    private ListQueries() {}

    /**
     * One page of a list.
     *
     * @param columns of the SELECT
     * @param from tables and joins, without WHERE
     * @throws dev.meseta.manager.shared.MesetaException MALFORMED_REQUEST for a search, an order or a cursor that this list
     *     does not know
     */
    public static <T> Page<T> page(
            JdbcClient jdbc, ListRequest request, ListFields fields, String columns, String from, Mapper<T> mapper) {
        return page(jdbc, request, fields, SqlFilter.ALL, columns, from, mapper);
    }

    /** As {@link #page(JdbcClient, ListRequest, ListFields, String, String, Mapper)}, of those rows that fit a filter. */
    public static <T> Page<T> page(
            JdbcClient jdbc,
            ListRequest request,
            ListFields fields,
            SqlFilter filter,
            String columns,
            String from,
            Mapper<T> mapper) {
        ListStatement statement = ListStatement.of(request, fields, filter);
        return statement.page(jdbc.sql(statement.sql(columns, from))
                .params(statement.parameters())
                .query((row, number) ->
                        new Keyed<>(mapper.map(row), row.getString("sort_key"), row.getString("sort_id")))
                .list());
    }

    /** Reads an item from the current row. */
    @FunctionalInterface
    public interface Mapper<T> {
        T map(ResultSet row) throws SQLException;
    }
}

package dev.meseta.manager.shared.query;

import java.util.Map;

/**
 * A condition on a list's rows that is none of its reader's making.
 *
 * @param condition SQL with named parameters; empty: every row
 */
public record SqlFilter(String condition, Map<String, Object> parameters) {

    public static final SqlFilter ALL = new SqlFilter("", Map.of());

    public SqlFilter {
        parameters = Map.copyOf(parameters);
    }

    /** To be put behind a condition there is already. */
    public String and() {
        return condition.isEmpty() ? "" : " AND (" + condition + ")";
    }
}

package dev.meseta.manager.shared.query;

import java.time.OffsetDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.format.DateTimeParseException;
import java.time.format.ResolverStyle;
import java.time.temporal.ChronoField;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Which fields of a list can be searched and sorted by, and the SQL expression of each. Immutable. */
public final class ListFields {

    /** SQL type a cursor's text is cast back to. */
    public enum Type {
        TEXT("text") {
            @Override
            boolean accepts(String text) {
                return true;
            }
        },
        TIMESTAMP("timestamptz") {
            @Override
            boolean accepts(String text) {
                try {
                    return POSTGRES_TIMESTAMP.parse(text, OffsetDateTime::from).getYear() > 0;
                } catch (DateTimeParseException e) {
                    return false;
                }
            }
        },
        ID("uuid") {
            @Override
            boolean accepts(String text) {
                return UUID_TEXT.matcher(text).matches();
            }
        },
        NUMBER("bigint") {
            @Override
            boolean accepts(String text) {
                return INTEGER.matcher(text).matches();
            }
        };

        private static final DateTimeFormatter POSTGRES_TIMESTAMP = new DateTimeFormatterBuilder()
                .appendPattern("uuuu-MM-dd HH:mm:ss")
                .appendFraction(ChronoField.MICRO_OF_SECOND, 0, 6, true)
                .appendOffset("+HH:mm:ss", "+00")
                .toFormatter(Locale.ROOT)
                .withResolverStyle(ResolverStyle.STRICT);
        private static final Pattern UUID_TEXT = Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
        private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");

        private final String sql;

        Type(String sql) {
            this.sql = sql;
        }

        /** Whether PostgreSQL can have written this text for a value of the type. */
        abstract boolean accepts(String text);

        String sql() {
            return sql;
        }
    }

    record SortField(String expression, Type type, String idExpression) {}

    /**
     * Conditions of which one must hold, with {@link #VALUE} in place of what is looked for.
     *
     * @param alike for a pattern of ILIKE
     * @param equal for a value without wildcards; empty: patterns do
     */
    record Term(List<String> alike, List<String> equal) {

        static final String VALUE = "?";

        boolean isCode() {
            return !equal.isEmpty();
        }

        List<String> conditions(boolean byEquality, String parameter) {
            return (byEquality ? equal : alike)
                    .stream()
                            .map(condition -> condition.replace(VALUE, ":" + parameter))
                            .toList();
        }
    }

    private final String idExpression;
    private final Type idType;
    private final String defaultSort;
    private final List<String> freeText;
    private final Map<String, Term> terms;
    private final Map<String, SortField> sorts;

    private ListFields(Builder builder) {
        this.idExpression = builder.idExpression;
        this.idType = builder.idType;
        this.defaultSort = builder.defaultSort;
        this.freeText = List.copyOf(builder.freeText);
        this.terms = Map.copyOf(builder.terms);
        this.sorts = Map.copyOf(builder.sorts);
    }

    /**
     * @param idExpression breaks ties
     * @param defaultSort as in {@link ListRequest#sort()}
     */
    public static Builder builder(String idExpression, Type idType, String defaultSort) {
        return new Builder(idExpression, idType, defaultSort);
    }

    String idExpression() {
        return idExpression;
    }

    Type idType() {
        return idType;
    }

    String defaultSort() {
        return defaultSort;
    }

    List<String> freeText() {
        return freeText;
    }

    Map<String, Term> terms() {
        return terms;
    }

    Map<String, SortField> sorts() {
        return sorts;
    }

    /** Collects fields; expressions are constants of ours and never come from a request. */
    public static final class Builder {
        private final String idExpression;
        private final Type idType;
        private final String defaultSort;
        private final List<String> freeText = new ArrayList<>();
        private final Map<String, Term> terms = new LinkedHashMap<>();
        private final Map<String, SortField> sorts = new LinkedHashMap<>();

        private Builder(String idExpression, Type idType, String defaultSort) {
            this.idExpression = idExpression;
            this.idType = idType;
            this.defaultSort = defaultSort;
        }

        /** A word without a field is looked for in these. */
        public Builder freeText(String expression) {
            freeText.add(expression);
            return this;
        }

        /** {@code name:value} compares with this, or with one of these. */
        public Builder term(String name, String... expressions) {
            terms.put(
                    name,
                    new Term(
                            Stream.of(expressions)
                                    .map(expression -> expression + " ILIKE " + Term.VALUE)
                                    .toList(),
                            List.of()));
            return this;
        }

        /** As {@link #term}, of a column that holds words in capitals: an index can find them. */
        public Builder code(String name, String expression) {
            terms.put(
                    name,
                    new Term(
                            List.of(expression + " ILIKE " + Term.VALUE),
                            List.of(expression + " = upper(" + Term.VALUE + ")")));
            return this;
        }

        /**
         * As {@link #term}, of something that the list's rows refer to.
         *
         * @param reference the column that holds its id
         * @param table where it is; has the columns id and name
         */
        public Builder nameOf(String name, String reference, String table) {
            terms.put(
                    name,
                    new Term(
                            List.of("%s IN (SELECT id FROM %s WHERE name ILIKE %s)"
                                    .formatted(reference, table, Term.VALUE)),
                            List.of()));
            return this;
        }

        public Builder sort(String name, String expression, Type type) {
            return sort(name, expression, type, idExpression);
        }

        /** @param id breaks ties, in the table that an index of this order is on */
        public Builder sort(String name, String expression, Type type, String id) {
            sorts.put(name, new SortField(expression, type, id));
            return this;
        }

        public ListFields build() {
            return new ListFields(this);
        }
    }
}

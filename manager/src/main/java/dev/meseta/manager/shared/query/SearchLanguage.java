package dev.meseta.manager.shared.query;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The search language of lists, its first form: words separated by blanks, all of which must match. A plain word is
 * looked for anywhere in the text fields; {@code field:value} or {@code field=value} compares a field, where {@code *}
 * stands for any characters. Double quotes keep blanks together. Upper and lower case are the same.
 */
final class SearchLanguage {

    private static final int MAX_TERMS = 20;

    private SearchLanguage() {}

    /**
     * @param parameters gets the values, by names beginning with {@code q}
     * @return conditions to be joined by AND; may be empty
     */
    static List<String> conditions(String query, ListFields fields, Map<String, Object> parameters) {
        if (query.indexOf('\0') >= 0) {
            throw ListRequest.malformed("q", "The search holds a NUL character.");
        }
        List<String> conditions = new ArrayList<>();
        for (Word word : words(query)) {
            if (conditions.size() == MAX_TERMS) {
                throw ListRequest.malformed("q", "The search has more than %d terms.".formatted(MAX_TERMS));
            }
            String parameter = "q" + conditions.size();
            if (word.field().isEmpty()) {
                parameters.put(parameter, "%" + escape(word.value()) + "%");
                conditions.add(freeText(fields, parameter));
            } else {
                ListFields.Term term = term(word, fields);
                boolean equal = term.isCode() && word.value().indexOf('*') < 0;
                parameters.put(parameter, equal ? word.value() : pattern(word.value()));
                conditions.add(anyOf(term.conditions(equal, parameter)));
            }
        }
        return conditions;
    }

    private static String freeText(ListFields fields, String parameter) {
        if (fields.freeText().isEmpty()) {
            throw ListRequest.malformed("q", "This list has no text to search; use field:value.");
        }
        return anyOf(fields.freeText().stream()
                .map(expression -> expression + " ILIKE :" + parameter)
                .toList());
    }

    private static String anyOf(List<String> alternatives) {
        return "(" + String.join(" OR ", alternatives) + ")";
    }

    private static ListFields.Term term(Word word, ListFields fields) {
        ListFields.Term term = fields.terms().get(word.field());
        if (term == null) {
            throw ListRequest.malformed(
                    "q",
                    "There is no field %s to search by; there are: %s."
                            .formatted(
                                    word.field(),
                                    String.join(
                                            ", ", new TreeSet<>(fields.terms().keySet()))));
        }
        return term;
    }

    private static String pattern(String value) {
        return escape(value).replace("*", "%");
    }

    private static String escape(String value) {
        return value.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_");
    }

    private record Word(String field, String value) {}

    private static List<Word> words(String query) {
        List<Word> words = new ArrayList<>();
        int at = 0;
        while (at < query.length()) {
            if (Character.isWhitespace(query.charAt(at))) {
                at++;
                continue;
            }
            StringBuilder text = new StringBuilder();
            String field = "";
            boolean quoted = false;
            for (; at < query.length(); at++) {
                char c = query.charAt(at);
                if (c == '"') {
                    quoted = !quoted;
                } else if (!quoted && Character.isWhitespace(c)) {
                    break;
                } else if (!quoted && field.isEmpty() && (c == ':' || c == '=')) {
                    field = text.toString();
                    text.setLength(0);
                    if (field.isEmpty()) {
                        throw ListRequest.malformed("q", "There is a %s without a field before it.".formatted(c));
                    }
                } else {
                    text.append(c);
                }
            }
            if (quoted) {
                throw ListRequest.malformed("q", "A double quote is not closed.");
            }
            words.add(new Word(field, text.toString()));
        }
        return words;
    }
}

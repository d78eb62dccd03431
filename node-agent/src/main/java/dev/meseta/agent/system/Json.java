package dev.meseta.agent.system;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads the JSON that {@code ip}, {@code bridge} and {@code qemu-img} print: strict, bounded in depth, no dependency.
 * Objects become maps, arrays lists, numbers {@link Long} or {@link Double}; null is {@link #NULL}.
 */
public final class Json {

    /** Stands for JSON's null. */
    public static final Object NULL = new Object();

    private static final int MAXIMUM_DEPTH = 64;

    private final String text;
    private int position;

    private Json(String text) {
        this.text = text;
    }

    /** @throws IllegalArgumentException when the text is not one JSON value */
    public static Object parse(String text) {
        Json json = new Json(text);
        Object value = json.value(0);
        json.skipSpace();
        if (json.position != text.length()) {
            throw json.unexpected();
        }
        return value;
    }

    /** The value as an object; empty when it is something else. */
    public static Map<?, ?> object(Object value) {
        return value instanceof Map<?, ?> map ? map : Map.of();
    }

    /** The elements of an array that are objects. */
    public static List<Map<?, ?>> objects(Object value) {
        List<Map<?, ?>> result = new ArrayList<>();
        if (value instanceof List<?> list) {
            for (Object element : list) {
                if (element instanceof Map<?, ?> map) {
                    result.add(map);
                }
            }
        }
        return result;
    }

    public static Optional<String> string(Map<?, ?> object, String key) {
        return object.get(key) instanceof String string ? Optional.of(string) : Optional.empty();
    }

    public static Optional<Long> number(Map<?, ?> object, String key) {
        return object.get(key) instanceof Number number ? Optional.of(number.longValue()) : Optional.empty();
    }

    private Object value(int depth) {
        if (depth > MAXIMUM_DEPTH) {
            throw new IllegalArgumentException("JSON is nested too deeply");
        }
        skipSpace();
        return switch (peek()) {
            case '{' -> object(depth);
            case '[' -> array(depth);
            case '"' -> string();
            case 't' -> literal("true", true);
            case 'f' -> literal("false", false);
            case 'n' -> literal("null", NULL);
            default -> number();
        };
    }

    private Map<String, Object> object(int depth) {
        Map<String, Object> members = new LinkedHashMap<>();
        position++;
        skipSpace();
        if (take('}')) {
            return members;
        }
        do {
            skipSpace();
            String key = string();
            skipSpace();
            expect(':');
            members.put(key, value(depth + 1));
            skipSpace();
        } while (take(','));
        expect('}');
        return members;
    }

    private List<Object> array(int depth) {
        List<Object> elements = new ArrayList<>();
        position++;
        skipSpace();
        if (take(']')) {
            return elements;
        }
        do {
            elements.add(value(depth + 1));
            skipSpace();
        } while (take(','));
        expect(']');
        return elements;
    }

    private String string() {
        expect('"');
        StringBuilder characters = new StringBuilder();
        while (true) {
            char c = next();
            if (c == '"') {
                return characters.toString();
            }
            characters.append(c == '\\' ? escaped() : c);
        }
    }

    private char escaped() {
        char c = next();
        return switch (c) {
            case '"', '\\', '/' -> c;
            case 'b' -> '\b';
            case 'f' -> '\f';
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'u' -> {
                if (position + 4 > text.length()) {
                    throw unexpected();
                }
                position += 4;
                yield (char) Integer.parseInt(text.substring(position - 4, position), 16);
            }
            default -> throw unexpected();
        };
    }

    private Object number() {
        int start = position;
        while (position < text.length() && "+-.eE0123456789".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
        String digits = text.substring(start, position);
        if (digits.isEmpty()) {
            throw unexpected();
        }
        if (digits.chars().allMatch(c -> c == '-' || Character.isDigit(c))) {
            return Long.valueOf(digits);
        }
        return Double.valueOf(digits);
    }

    private Object literal(String word, Object value) {
        if (!text.startsWith(word, position)) {
            throw unexpected();
        }
        position += word.length();
        return value;
    }

    private void skipSpace() {
        while (position < text.length() && " \t\r\n".indexOf(text.charAt(position)) >= 0) {
            position++;
        }
    }

    private char peek() {
        if (position >= text.length()) {
            throw unexpected();
        }
        return text.charAt(position);
    }

    private char next() {
        char c = peek();
        position++;
        return c;
    }

    private boolean take(char c) {
        if (position < text.length() && text.charAt(position) == c) {
            position++;
            return true;
        }
        return false;
    }

    private void expect(char c) {
        if (!take(c)) {
            throw unexpected();
        }
    }

    private IllegalArgumentException unexpected() {
        return new IllegalArgumentException("Not valid JSON at character " + position);
    }
}

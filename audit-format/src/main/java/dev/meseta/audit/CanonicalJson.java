package dev.meseta.audit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import tools.jackson.databind.JsonNode;

/**
 * JSON in the one form that is hashed: RFC 8785 (JSON Canonicalization Scheme), for values whose numbers are whole and no
 * larger than 2^53, where that form has no room for interpretation.
 */
public final class CanonicalJson {

    private static final long LARGEST = 1L << 53;

    private CanonicalJson() {}

    /** @throws IllegalArgumentException for a number that is not whole or too large */
    public static byte[] bytes(JsonNode value) {
        StringBuilder out = new StringBuilder();
        write(value, out);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static void write(JsonNode value, StringBuilder out) {
        if (value.isObject()) {
            object(value, out);
        } else if (value.isArray()) {
            out.append('[');
            String separator = "";
            for (JsonNode item : value) {
                out.append(separator);
                write(item, out);
                separator = ",";
            }
            out.append(']');
        } else if (value.isString()) {
            string(value.stringValue(), out);
        } else if (value.isIntegralNumber() && value.canConvertToLong() && Math.abs(value.longValue()) <= LARGEST) {
            out.append(value.longValue());
        } else if (value.isBoolean()) {
            out.append(value.booleanValue());
        } else if (value.isNull()) {
            out.append("null");
        } else {
            throw new IllegalArgumentException("%s has no canonical form here".formatted(value));
        }
    }

    private static void object(JsonNode value, StringBuilder out) {
        List<String> names = new ArrayList<>(value.propertyNames());
        // By UTF-16 code units, which is what String compares by.
        Collections.sort(names);
        out.append('{');
        String separator = "";
        for (String name : names) {
            out.append(separator);
            string(name, out);
            out.append(':');
            write(value.required(name), out);
            separator = ",";
        }
        out.append('}');
    }

    /** RFC 8785, 3.2.2.2. */
    private static void string(String text, StringBuilder out) {
        out.append('"');
        for (int index = 0; index < text.length(); index++) {
            char character = text.charAt(index);
            switch (character) {
                case '"' -> out.append("\\\"");
                case '\\' -> out.append("\\\\");
                case '\b' -> out.append("\\b");
                case '\t' -> out.append("\\t");
                case '\n' -> out.append("\\n");
                case '\f' -> out.append("\\f");
                case '\r' -> out.append("\\r");
                default -> {
                    if (character < ' ') {
                        out.append(String.format("\\u%04x", (int) character));
                    } else {
                        out.append(character);
                    }
                }
            }
        }
        out.append('"');
    }
}

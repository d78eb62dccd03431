package dev.meseta.manager.shared.web;

import java.util.Collection;
import java.util.List;
import java.util.function.Supplier;

/**
 * Values of a text in the description of the API, said by the module that gives them. A bean; several about one text add
 * up.
 *
 * @param schema name of a schema
 * @param property of that schema, a text or a list of texts
 * @param values asked for when the description is made
 * @param complete whether a client may rely on it that no other value ever comes; described as {@code enum}, otherwise as
 *     {@code x-extensible-enum}
 */
public record KnownValues(String schema, String property, Supplier<Collection<String>> values, boolean complete) {

    public static KnownValues all(String schema, String property, Class<? extends Enum<?>> values) {
        return new KnownValues(schema, property, () -> names(values), true);
    }

    /** Those there are today; a later version may have more. */
    public static KnownValues some(String schema, String property, Class<? extends Enum<?>> values) {
        return some(schema, property, () -> names(values));
    }

    /** Those there are today; a later version may have more. */
    public static KnownValues some(String schema, String property, Supplier<Collection<String>> values) {
        return new KnownValues(schema, property, values, false);
    }

    private static List<String> names(Class<? extends Enum<?>> values) {
        return List.of(values.getEnumConstants()).stream().map(Enum::name).toList();
    }
}

package dev.meseta.manager.web;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.annotations.media.Schema.RequiredMode;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Says in the description what the records say: a component that is not nullable is required, a nullable one may be null.
 * Two exceptions. What Java has to take as nullable so that its absence can be told in words is required when its {@code
 * Schema} annotation says so. And a record that leaves nulls out of its JSON never shows one.
 */
final class RequiredAndNullable implements ModelConverter {

    private static final String SCHEMAS = "#/components/schemas/";
    private static final String NULL = "null";

    @Override
    public @Nullable Schema<?> resolve(
            AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> chain) {
        if (!chain.hasNext()) {
            return null;
        }
        Schema<?> schema = chain.next().resolve(type, context, chain);
        Class<?> raw = Json31.mapper().constructType(type.getType()).getRawClass();
        if (schema != null && raw.isRecord()) {
            Schema<?> model = schema.get$ref() == null
                    ? schema
                    : context.getDefinedModels().get(schema.get$ref().substring(SCHEMAS.length()));
            if (model != null) {
                describe(raw, model);
            }
        }
        return schema;
    }

    private static void describe(Class<?> type, Schema<?> model) {
        Map<String, Schema<?>> properties = properties(model);
        List<String> required = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            Schema<?> property = properties.get(component.getName());
            if (property == null) {
                continue;
            }
            if (!isNullable(component)) {
                required.add(component.getName());
            } else if (!leavesNullsOut(type)) {
                properties.put(component.getName(), nullable(property));
            }
        }
        model.setRequired(required);
    }

    private static boolean isNullable(RecordComponent component) {
        var described = component.getAccessor().getAnnotation(io.swagger.v3.oas.annotations.media.Schema.class);
        boolean needed = described != null && described.requiredMode() == RequiredMode.REQUIRED;
        return !needed && component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static boolean leavesNullsOut(Class<?> type) {
        JsonInclude include = type.getAnnotation(JsonInclude.class);
        return include != null && include.value() == JsonInclude.Include.NON_NULL;
    }

    /** Whether null is among the values. */
    static boolean isNullable(Schema<?> property) {
        return (property.getTypes() != null && property.getTypes().contains(NULL))
                || (property.getOneOf() != null && property.getOneOf().stream().anyMatch(RequiredAndNullable::isNull));
    }

    private static boolean isNull(Schema<?> choice) {
        return Set.of(NULL).equals(choice.getTypes());
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<String, Schema<?>> properties(Schema<?> model) {
        Map properties = model.getProperties();
        return properties == null ? Map.of() : properties;
    }

    private static Schema<?> nullable(Schema<?> property) {
        if (property.getOneOf() != null
                || (property.getTypes() != null && property.getTypes().contains(NULL))) {
            return property;
        }
        if (property.get$ref() != null || property.getTypes() == null) {
            var either = new JsonSchema();
            either.setOneOf(List.of(property, new JsonSchema().types(Set.of(NULL))));
            return either;
        }
        Set<String> types = new LinkedHashSet<>(property.getTypes());
        types.add(NULL);
        property.setTypes(types);
        if (property.getEnum() != null) {
            setValues(property, property.getEnum());
        }
        return property;
    }

    /** Lists the values, with null where that is one: a list without it would forbid it again. */
    @SuppressWarnings({"unchecked", "rawtypes"})
    static void setValues(Schema property, Collection<?> values) {
        var all = new ArrayList<@Nullable Object>(values);
        if (isNullable(property)) {
            all.add(null);
        }
        property.setEnum(all);
    }
}

package dev.meseta.manager.web;

import dev.meseta.manager.shared.web.AddedProperties;
import dev.meseta.manager.shared.web.KnownValues;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.media.Schema;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.springdoc.core.customizers.OpenApiCustomizer;

/** Brings into the description what modules say of each other's schemas. */
final class DescribedValues implements OpenApiCustomizer {

    private static final String MORE_MAY_COME = "x-extensible-enum";

    private final List<AddedProperties> added;
    private final List<KnownValues> known;

    DescribedValues(List<AddedProperties> added, List<KnownValues> known) {
        this.added = added;
        this.known = known;
    }

    @Override
    public void customise(OpenAPI description) {
        for (AddedProperties addition : added) {
            properties(model(description, addition.schema())).putAll(propertiesOf(addition.from()));
        }
        for (KnownValues values : known) {
            describe(text(description, values), values);
        }
    }

    private static void describe(Schema<?> text, KnownValues values) {
        if (values.complete()) {
            RequiredAndNullable.setValues(text, values.values().get());
            return;
        }
        Set<Object> all = new LinkedHashSet<>();
        Map<String, Object> extensions = text.getExtensions();
        if (extensions != null && extensions.get(MORE_MAY_COME) instanceof List<?> earlier) {
            all.addAll(earlier);
        }
        all.addAll(values.values().get());
        text.addExtension(MORE_MAY_COME, List.copyOf(all));
    }

    private static Schema<?> text(OpenAPI description, KnownValues values) {
        Schema<?> property = properties(model(description, values.schema())).get(values.property());
        if (property == null) {
            throw new IllegalStateException("Schema %s has no %s.".formatted(values.schema(), values.property()));
        }
        return property.getItems() == null ? property : property.getItems();
    }

    private static Schema<?> model(OpenAPI description, String name) {
        Schema<?> model = description.getComponents().getSchemas().get(name);
        if (model == null) {
            throw new IllegalStateException("There is no schema " + name + ".");
        }
        return model;
    }

    private static Map<String, Schema<?>> propertiesOf(Class<? extends Record> type) {
        return properties(ModelConverters.getInstance(true)
                .resolveAsResolvedSchema(new AnnotatedType(type).resolveAsRef(false))
                .schema);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<String, Schema<?>> properties(Schema<?> model) {
        Map properties = model.getProperties();
        if (properties == null) {
            properties = new LinkedHashMap<>();
            model.setProperties(properties);
        }
        return properties;
    }
}

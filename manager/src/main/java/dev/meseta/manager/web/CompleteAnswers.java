package dev.meseta.manager.web;

import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.Schema;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springdoc.core.customizers.OpenApiCustomizer;

/**
 * Says that what an answer knows nothing of is there as null, while a request may leave it out: the same record cannot say
 * both.
 */
final class CompleteAnswers implements OpenApiCustomizer {

    private static final String SCHEMAS = "#/components/schemas/";

    @Override
    public void customise(OpenAPI description) {
        List<Operation> operations = description.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .toList();
        Map<String, Schema<?>> models = models(description);
        Set<String> answers = new HashSet<>();
        Set<String> requests = new HashSet<>();
        for (Operation operation : operations) {
            operation.getResponses().values().forEach(response -> collect(response.getContent(), models, answers));
            if (operation.getRequestBody() != null) {
                collect(operation.getRequestBody().getContent(), models, requests);
            }
        }
        answers.removeAll(requests);
        answers.stream().map(models::get).filter(Objects::nonNull).forEach(CompleteAnswers::complete);
    }

    private static void complete(Schema<?> model) {
        if (model.getProperties() == null) {
            return;
        }
        List<String> required = new ArrayList<>(model.getRequired() == null ? List.of() : model.getRequired());
        model.getProperties().forEach((name, property) -> {
            if (RequiredAndNullable.isNullable((Schema<?>) property) && !required.contains(name)) {
                required.add(name);
            }
        });
        model.setRequired(required);
    }

    private static void collect(@Nullable Content content, Map<String, Schema<?>> models, Set<String> found) {
        if (content != null) {
            content.values().forEach(media -> collect(media.getSchema(), models, found));
        }
    }

    private static void collect(@Nullable Schema<?> schema, Map<String, Schema<?>> models, Set<String> found) {
        if (schema == null) {
            return;
        }
        if (schema.get$ref() != null) {
            String name = schema.get$ref().substring(SCHEMAS.length());
            if (found.add(name)) {
                collect(models.get(name), models, found);
            }
            return;
        }
        parts(schema).forEach(part -> collect(part, models, found));
    }

    private static Stream<Schema<?>> parts(Schema<?> schema) {
        Stream<Schema<?>> properties = schema.getProperties() == null
                ? Stream.empty()
                : schema.getProperties().values().stream().map(property -> (Schema<?>) property);
        Stream<Schema<?>> choices = schema.getOneOf() == null
                ? Stream.empty()
                : schema.getOneOf().stream().map(choice -> (Schema<?>) choice);
        return Stream.concat(Stream.concat(properties, choices), Stream.ofNullable((Schema<?>) schema.getItems()))
                .filter(Objects::nonNull);
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static Map<String, Schema<?>> models(OpenAPI description) {
        Map models = description.getComponents().getSchemas();
        return models;
    }
}

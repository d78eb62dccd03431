package dev.meseta.manager.web;

import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.EventCode;
import dev.meseta.manager.shared.EventKind;
import dev.meseta.manager.shared.web.AddedProperties;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.KnownValues;
import dev.meseta.manager.web.problem.Problem;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.headers.Header;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.math.BigDecimal;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.annotation.Order;

/** What the description of the API says beside the operations themselves. */
@Configuration(proxyBeanMethods = false)
class OpenApiConfiguration {

    private static final String SESSION = "session";
    private static final String TOKEN = "token";

    @Bean
    OpenAPI description() {
        return new OpenAPI()
                .info(new Info().title("Meseta").version("1").description("REST API of the Meseta manager"))
                .servers(List.of(new Server().url("/")))
                .components(new Components()
                        .addSecuritySchemes(
                                SESSION,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.APIKEY)
                                        .in(SecurityScheme.In.COOKIE)
                                        .name("MESETA_SESSION"))
                        .addSecuritySchemes(
                                TOKEN,
                                new SecurityScheme()
                                        .type(SecurityScheme.Type.HTTP)
                                        .scheme("bearer")))
                .security(
                        List.of(new SecurityRequirement().addList(SESSION), new SecurityRequirement().addList(TOKEN)));
    }

    @Bean
    RequiredAndNullable requiredAndNullable() {
        // One name for one set of values, wherever it is used.
        ModelResolver.enumsAsRef = true;
        return new RequiredAndNullable();
    }

    /** A parameter is in the address or is not: there is no null in between. */
    @Bean
    OpenApiCustomizer parametersAreNeverNull() {
        return description -> description.getPaths().values().stream()
                .flatMap(path -> path.readOperations().stream())
                .map(Operation::getParameters)
                .filter(Objects::nonNull)
                .flatMap(List::stream)
                .map(Parameter::getSchema)
                .filter(schema -> schema != null && schema.getTypes() != null)
                .forEach(schema -> schema.getTypes().remove("null"));
    }

    /** What filters do, and therefore no operation says of itself. */
    @Bean
    @Order(1)
    OpenApiCustomizer idempotency() {
        return description -> description.getPaths().forEach((path, item) -> {
            if (path.startsWith(Api.BASE) && !path.startsWith(Api.BASE + "/auth/")) {
                Stream.of(item.getPost(), item.getPut(), item.getPatch(), item.getDelete())
                        .filter(Objects::nonNull)
                        .forEach(changing -> changing.addParametersItem(new Parameter()
                                .in("header")
                                .name("Idempotency-Key")
                                .description(
                                        "The same key with the same request again, within a day, gets the first answer"
                                                + " and does nothing. 1 to 200 visible ASCII characters.")
                                .required(false)
                                .schema(new StringSchema().minLength(1).maxLength(200))));
            }
        });
    }

    /** Every operation may answer with a problem. */
    @Bean
    @Order(1)
    OpenApiCustomizer problems() {
        return description -> {
            ModelConverters.getInstance(true)
                    .resolveAsResolvedSchema(new AnnotatedType(Problem.class).resolveAsRef(false))
                    .referencedSchemas
                    .forEach(description.getComponents()::addSchemas);
            var problem = new ApiResponse()
                    .description("Refused or failed")
                    .content(new Content()
                            .addMediaType(
                                    org.springframework.http.MediaType.APPLICATION_PROBLEM_JSON_VALUE,
                                    new MediaType().schema(new Schema<>().$ref("#/components/schemas/Problem"))));
            var tooMany = new ApiResponse()
                    .description("The caller asks for too much, and should wait")
                    .addHeaderObject(
                            "Retry-After",
                            new Header().description("Seconds").schema(new IntegerSchema().minimum(BigDecimal.ONE)))
                    .content(problem.getContent());
            description.getPaths().values().stream()
                    .flatMap(path -> path.readOperations().stream())
                    .forEach(operation -> operation
                            .getResponses()
                            .addApiResponse("429", tooMany)
                            .addApiResponse("default", problem));
        };
    }

    @Bean
    @Order(2)
    DescribedValues describedValues(ObjectProvider<AddedProperties> added, ObjectProvider<KnownValues> known) {
        return new DescribedValues(
                added.orderedStream().toList(), known.orderedStream().toList());
    }

    @Bean
    @Order(3)
    CompleteAnswers completeAnswers() {
        return new CompleteAnswers();
    }

    @Bean
    KnownValues kindsOfEvents() {
        return KnownValues.some("EventView", "kind", EventKind::texts);
    }

    @Bean
    KnownValues codesOfEvents() {
        return KnownValues.some("EventView", "code", EventCode.class);
    }

    @Bean
    KnownValues errorsInEvents() {
        return KnownValues.some("EventView", "code", ErrorCode.class);
    }
}

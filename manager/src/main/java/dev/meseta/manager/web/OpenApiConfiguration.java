package dev.meseta.manager.web;

import dev.meseta.manager.web.problem.Problem;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverters;
import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.Operation;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.Content;
import io.swagger.v3.oas.models.media.MediaType;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.parameters.Parameter;
import io.swagger.v3.oas.models.responses.ApiResponse;
import io.swagger.v3.oas.models.security.SecurityRequirement;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.swagger.v3.oas.models.servers.Server;
import java.util.List;
import java.util.Objects;
import org.springdoc.core.customizers.OpenApiCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

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

    /** Every operation may answer with a problem. */
    @Bean
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
            description
                    .getPaths()
                    .values()
                    .forEach(path -> path.readOperations()
                            .forEach(operation -> operation.getResponses().addApiResponse("default", problem)));
        };
    }
}

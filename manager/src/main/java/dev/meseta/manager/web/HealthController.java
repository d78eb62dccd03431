package dev.meseta.manager.web;

import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.shared.web.Api;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether the manager answers. */
@RestController
@RequestMapping(Api.BASE)
@Tag(name = "Health")
class HealthController {

    @Operation(operationId = "health", summary = "Whether the manager answers")
    @OpenToAnyone
    @GetMapping("/health")
    Health health() {
        return new Health("UP");
    }

    /** @param status UP */
    record Health(String status) {}
}

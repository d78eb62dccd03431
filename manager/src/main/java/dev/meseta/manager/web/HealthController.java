package dev.meseta.manager.web;

import dev.meseta.manager.identity.OpenToAnyone;
import dev.meseta.manager.membership.Membership;
import dev.meseta.manager.shared.web.Api;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Whether to send people to this manager; for load balancers. */
@RestController
@RequestMapping(Api.BASE)
@Tag(name = "Health")
class HealthController {

    private final Membership membership;

    HealthController(Membership membership) {
        this.membership = membership;
    }

    /** In the memory of this manager: the database is not asked. */
    @Operation(operationId = "health", summary = "Whether the manager answers and may act")
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = Health.class)))
    @ApiResponse(
            responseCode = "503",
            description = "It has lost its lease; other managers do its work",
            content = @Content(schema = @Schema(implementation = Health.class)))
    @OpenToAnyone
    @GetMapping("/health")
    ResponseEntity<Health> health() {
        return membership.isMember()
                ? ResponseEntity.ok(new Health("UP"))
                : ResponseEntity.status(HttpStatus.SERVICE_UNAVAILABLE).body(new Health("NO_LEASE"));
    }

    /** @param status UP or NO_LEASE */
    record Health(String status) {}
}

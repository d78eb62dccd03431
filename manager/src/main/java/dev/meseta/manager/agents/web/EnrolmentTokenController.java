package dev.meseta.manager.agents.web;

import dev.meseta.manager.agents.HostEnrolment;
import dev.meseta.manager.agents.HostEnrolment.Invitation;
import dev.meseta.manager.agents.HostEnrolment.InvitationPlan;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.shared.RequestContext;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** Tokens with which new hosts join. */
@RestController
@RequestMapping("/api/v1/hosts/enrolment-tokens")
@Tag(name = "Hosts")
class EnrolmentTokenController {

    private final HostEnrolment enrolment;

    EnrolmentTokenController(HostEnrolment enrolment) {
        this.enrolment = enrolment;
    }

    @Operation(operationId = "createEnrolmentToken", summary = "Let a new host join")
    @ApiResponse(
            responseCode = "201",
            content = @Content(schema = @Schema(implementation = EnrolmentTokenResource.class)))
    @ApiResponse(
            responseCode = "200",
            description = "Dry run: which host a token would let join",
            content = @Content(schema = @Schema(implementation = InvitationPlan.class)))
    @PostMapping
    @RequiresPermission(Permission.HOST_ENROL)
    ResponseEntity<Object> create(
            @RequestBody EnrolmentTokenRequest request, @RequestParam(defaultValue = "false") boolean dryRun) {
        String hostName = request.hostName() == null ? "" : request.hostName();
        if (dryRun) {
            return ResponseEntity.ok(enrolment.plan(hostName, request.clusterId()));
        }
        Invitation invitation = enrolment.invite(hostName, request.clusterId(), RequestContext.require());
        return ResponseEntity.status(HttpStatus.CREATED)
                // The token is shown this once.
                .cacheControl(CacheControl.noStore())
                .body(new EnrolmentTokenResource(
                        invitation.token(), invitation.caFingerprint(), invitation.command(), invitation.expiresAt()));
    }

    /** @param clusterId absent: the default cluster */
    record EnrolmentTokenRequest(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable String hostName,

            @Nullable UUID clusterId) {}

    record EnrolmentTokenResource(String token, String caFingerprint, String command, Instant expiresAt) {
        @Override
        public String toString() {
            return "EnrolmentTokenResource";
        }
    }
}

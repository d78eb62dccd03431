package dev.meseta.manager.migration.web;

import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.migration.MigrationPolicy;
import dev.meseta.manager.migration.Migrations;
import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.MesetaException.FieldError;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.Versions;
import dev.meseta.manager.tasks.TaskView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;

/** Moving a VM, and steering it while its memory is copied. */
@RestController
@RequestMapping(Api.BASE + "/vms/{id}")
@Tag(name = "VMs")
class MigrationController {

    private static final long MAX_DOWNTIME_MS = 3_600_000;
    private static final long MAX_BANDWIDTH_MIB = 1L << 30;

    private final Migrations migrations;

    MigrationController(Migrations migrations) {
        this.migrations = migrations;
    }

    @PostMapping("/migrate")
    @RequiresPermission(Permission.VM_MIGRATE)
    @Operation(summary = "Move a running VM to another host")
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = PlanAnswer.class)))
    ResponseEntity<Object> migrateVm(
            @PathVariable UUID id,
            @RequestBody(required = false) @Nullable MigrateBody body,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        Long version = Versions.expected(ifMatch);
        UUID target = body == null ? null : body.targetHostId();
        PolicyBody wanted = body == null ? null : body.policy();
        MigrationPolicy policy = wanted == null ? MigrationPolicy.DEFAULT : wanted.validated();
        if (dryRun) {
            return ResponseEntity.ok(new PlanAnswer(migrations.plan(id, target, version)));
        }
        TaskView task = migrations.migrate(id, target, policy, version, RequestContext.require());
        return Api.accepted(task.id(), task);
    }

    @GetMapping("/migration-targets")
    @RequiresPermission(Permission.VM_MIGRATE)
    @Operation(summary = "Which hosts could take a running VM, and why the others could not")
    Decision migrationTargets(@PathVariable UUID id) {
        return migrations.targets(id);
    }

    @PatchMapping("/migration")
    @RequiresPermission(Permission.VM_MIGRATE)
    @Operation(summary = "Change the limits of a migration while memory is copied")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void changeMigration(@PathVariable UUID id, @RequestBody LimitsBody body) {
        body.validate();
        migrations.change(
                id,
                Optional.ofNullable(body.maxDowntimeMs()),
                Optional.ofNullable(body.bandwidthMiBPerSecond()),
                RequestContext.require());
    }

    @PostMapping("/migration/post-copy")
    @RequiresPermission(Permission.VM_MIGRATE)
    @Operation(summary = "Let the guest run at the target now and fetch the rest of its memory from there")
    @ResponseStatus(HttpStatus.NO_CONTENT)
    void switchToPostCopy(@PathVariable UUID id) {
        migrations.switchToPostCopy(id, RequestContext.require());
    }

    record MigrateBody(
            @Nullable UUID targetHostId, @Nullable PolicyBody policy) {}

    record PolicyBody(
            @Schema(minimum = "1", maximum = "" + MAX_DOWNTIME_MS) @Nullable Long maxDowntimeMs,

            @Schema(minimum = "1", maximum = "" + MAX_BANDWIDTH_MIB) @Nullable Long bandwidthMiBPerSecond,

            @Schema(defaultValue = "true") @Nullable Boolean autoConverge,
            @Schema(defaultValue = "false") @Nullable Boolean postCopyAllowed) {

        MigrationPolicy validated() {
            checkLimits("policy.", maxDowntimeMs, bandwidthMiBPerSecond);
            MigrationPolicy otherwise = MigrationPolicy.DEFAULT;
            return new MigrationPolicy(
                    maxDowntimeMs == null ? otherwise.maxDowntimeMs() : maxDowntimeMs,
                    bandwidthMiBPerSecond == null ? otherwise.bandwidthMiBPerSecond() : bandwidthMiBPerSecond,
                    autoConverge == null ? otherwise.autoConverge() : autoConverge,
                    postCopyAllowed == null ? otherwise.postCopyAllowed() : postCopyAllowed);
        }
    }

    record LimitsBody(
            @Schema(minimum = "1", maximum = "" + MAX_DOWNTIME_MS) @Nullable Long maxDowntimeMs,

            @Schema(minimum = "1", maximum = "" + MAX_BANDWIDTH_MIB) @Nullable Long bandwidthMiBPerSecond) {

        void validate() {
            if (maxDowntimeMs == null && bandwidthMiBPerSecond == null) {
                throw new MesetaException(
                        ErrorCode.VALIDATION_FAILED, "Give maxDowntimeMs, bandwidthMiBPerSecond, or both.");
            }
            checkLimits("", maxDowntimeMs, bandwidthMiBPerSecond);
        }
    }

    record PlanAnswer(Decision placement) {}

    private static void checkLimits(String prefix, @Nullable Long maxDowntimeMs, @Nullable Long bandwidth) {
        List<FieldError> errors = new ArrayList<>();
        checkLimit(errors, prefix + "maxDowntimeMs", maxDowntimeMs, MAX_DOWNTIME_MS);
        checkLimit(errors, prefix + "bandwidthMiBPerSecond", bandwidth, MAX_BANDWIDTH_MIB);
        if (!errors.isEmpty()) {
            throw new MesetaException(
                    ErrorCode.VALIDATION_FAILED, "The limits of the migration are not right.", errors, null);
        }
    }

    private static void checkLimit(List<FieldError> errors, String field, @Nullable Long value, long most) {
        if (value != null && (value < 1 || value > most)) {
            errors.add(new FieldError(field, "%d is not between 1 and %d.".formatted(value, most)));
        }
    }
}

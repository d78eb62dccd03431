package dev.meseta.manager.lifecycle.web;

import dev.meseta.manager.identity.DangerousBody;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.identity.RequiresStepUp;
import dev.meseta.manager.lifecycle.NewVmRequest;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.lifecycle.VmLifecycle;
import dev.meseta.manager.lifecycle.VmLifecycle.Verb;
import dev.meseta.manager.placement.Placement.Decision;
import dev.meseta.manager.shared.AuditNotes;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.CheckAnswer;
import dev.meseta.manager.shared.web.Versions;
import dev.meseta.manager.tasks.TaskView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** The verbs of VMs. Each answers 202 with its task, or with {@code dryRun} what would happen. */
@RestController
@RequestMapping(Api.BASE + "/vms")
@Tag(name = "VMs")
class VmCommandsController {

    private static final String ACCEPTED = "202";
    private static final String PLAN = "200";

    private final VmLifecycle lifecycle;

    VmCommandsController(VmLifecycle lifecycle) {
        this.lifecycle = lifecycle;
    }

    @PostMapping
    @RequiresPermission(Permission.VM_CREATE)
    @Operation(summary = "Create a VM from an image")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = PlacementAnswer.class)))
    ResponseEntity<Object> createVm(@RequestBody NewVmBody body, @RequestParam(defaultValue = "false") boolean dryRun) {
        NewVmRequest request = body.validated();
        return dryRun
                ? ResponseEntity.ok(new PlacementAnswer(lifecycle.planCreate(request)))
                : accepted(lifecycle.create(request, RequestContext.require()));
    }

    @PostMapping("/{id}/start")
    @RequiresPermission(Permission.VM_OPERATE)
    @Operation(summary = "Start a VM")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = PlacementAnswer.class)))
    ResponseEntity<Object> startVm(
            @PathVariable UUID id,
            @RequestBody(required = false) @Nullable StartBody body,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        Long version = Versions.expected(ifMatch);
        UUID hostId = body == null ? null : body.hostId();
        if (dryRun) {
            lifecycle.check(Verb.START, id, version);
            return ResponseEntity.ok(new PlacementAnswer(lifecycle.planStart(id, hostId)));
        }
        return accepted(lifecycle.start(id, hostId, version, RequestContext.require()));
    }

    @PostMapping("/{id}/stop")
    @RequiresPermission(Permission.VM_OPERATE)
    @Operation(summary = "Stop a VM")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = CheckAnswer.class)))
    ResponseEntity<Object> stopVm(
            @PathVariable UUID id,
            @RequestBody(required = false) @Nullable ModeBody body,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        return command(
                Verb.STOP,
                id,
                dryRun,
                ifMatch,
                (version, context) -> lifecycle.stop(id, ModeBody.of(body), version, context));
    }

    @PostMapping("/{id}/reboot")
    @RequiresPermission(Permission.VM_OPERATE)
    @Operation(summary = "Boot a running VM again")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = CheckAnswer.class)))
    ResponseEntity<Object> rebootVm(
            @PathVariable UUID id,
            @RequestBody(required = false) @Nullable ModeBody body,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        return command(
                Verb.REBOOT,
                id,
                dryRun,
                ifMatch,
                (version, context) -> lifecycle.reboot(id, ModeBody.of(body), version, context));
    }

    @PostMapping("/{id}/pause")
    @RequiresPermission(Permission.VM_OPERATE)
    @Operation(summary = "Halt a VM's CPUs")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = CheckAnswer.class)))
    ResponseEntity<Object> pauseVm(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        return command(Verb.PAUSE, id, dryRun, ifMatch, (version, context) -> lifecycle.pause(id, version, context));
    }

    @PostMapping("/{id}/resume")
    @RequiresPermission(Permission.VM_OPERATE)
    @Operation(summary = "Let a halted VM run again")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = CheckAnswer.class)))
    ResponseEntity<Object> resumeVm(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        return command(Verb.RESUME, id, dryRun, ifMatch, (version, context) -> lifecycle.resume(id, version, context));
    }

    @DeleteMapping("/{id}")
    @RequiresPermission(Permission.VM_DELETE)
    @RequiresStepUp(DangerousVerb.VM_DELETE)
    @Operation(summary = "Delete a VM that is down, with its disks")
    @ApiResponse(responseCode = ACCEPTED, content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = PLAN, content = @Content(schema = @Schema(implementation = CheckAnswer.class)))
    ResponseEntity<Object> deleteVm(
            @PathVariable UUID id,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch) {
        return command(Verb.DELETE, id, dryRun, ifMatch, (version, context) -> lifecycle.delete(id, version, context));
    }

    private ResponseEntity<Object> command(
            Verb verb, UUID id, boolean dryRun, @Nullable String ifMatch, Command command) {
        Long version = Versions.expected(ifMatch);
        if (dryRun) {
            lifecycle.check(verb, id, version);
            return ResponseEntity.ok(new CheckAnswer(verb.taskKind()));
        }
        return accepted(command.submit(version, RequestContext.require()));
    }

    private static ResponseEntity<Object> accepted(TaskView task) {
        return Api.accepted(task.id(), task);
    }

    @FunctionalInterface
    private interface Command {
        TaskView submit(@Nullable Long expectedVersion, RequestContext context);
    }

    record StartBody(@Nullable UUID hostId) {}

    record ModeBody(@Nullable StopMode mode) implements DangerousBody {

        @Override
        public @Nullable DangerousVerb danger() {
            return mode == StopMode.FORCED ? DangerousVerb.VM_FORCE_STOP : null;
        }

        static StopMode of(@Nullable ModeBody body) {
            StopMode mode = body == null ? null : body.mode();
            StopMode meant = mode == null ? StopMode.GRACEFUL : mode;
            AuditNotes.say("mode", meant.name());
            return meant;
        }
    }

    /** Where it would go, and why not elsewhere. */
    record PlacementAnswer(Decision placement) {}
}

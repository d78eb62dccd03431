package dev.meseta.manager.lifecycle.web;

import dev.meseta.manager.identity.Access;
import dev.meseta.manager.identity.DangerousBody;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.ObjectRef;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.lifecycle.BulkVerb;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.lifecycle.VmBulk;
import dev.meseta.manager.lifecycle.VmBulk.Planned;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.tasks.TaskView;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** One verb for many VMs. */
@RestController
@RequestMapping(Api.BASE + "/vms")
@Tag(name = "VMs")
class VmBulkController {

    private final VmBulk bulk;
    private final Access access;

    VmBulkController(VmBulk bulk, Access access) {
        this.bulk = bulk;
        this.access = access;
    }

    private void require(Permission permission, UUID vmId) {
        access.require(permission, ObjectRef.vm(vmId));
    }

    @PostMapping("/actions")
    @RequiresPermission(Permission.VM_READ)
    @Operation(
            operationId = "actOnVms",
            summary = "Do the same to many VMs",
            description =
                    "Answers with one task that has a part, with its own result, for each VM. A VM that is refused,"
                            + " also for lack of permission, is a part with that result. Cancelling the task keeps parts from being"
                            + " begun that have not, and asks those under way to stop.")
    @ApiResponse(responseCode = "202", content = @Content(schema = @Schema(implementation = TaskView.class)))
    @ApiResponse(responseCode = "200", content = @Content(schema = @Schema(implementation = BulkPlan.class)))
    ResponseEntity<Object> act(@RequestBody BulkBody body, @RequestParam(defaultValue = "false") boolean dryRun) {
        BulkBody checked = body.validated();
        BulkVerb verb = Objects.requireNonNull(checked.action());
        List<UUID> vmIds = checked.ids().stream().map(Objects::requireNonNull).toList();
        if (dryRun) {
            return ResponseEntity.ok(BulkPlan.of(bulk.plan(verb, vmIds, this::require)));
        }
        TaskView task = bulk.submit(verb, vmIds, checked.mode(), this::require, RequestContext.require());
        return Api.accepted(task.id(), task);
    }

    /** @param mode for actions that stop a guest; graceful otherwise */
    record BulkBody(
            @Schema(requiredMode = Schema.RequiredMode.REQUIRED) @Nullable BulkVerb action,

            @Schema(requiredMode = Schema.RequiredMode.REQUIRED, minLength = 1) @Nullable List<@Nullable UUID> vmIds,

            @Nullable StopMode mode)
            implements DangerousBody {

        @Override
        public @Nullable DangerousVerb danger() {
            if (action == BulkVerb.DELETE) {
                return DangerousVerb.VM_DELETE;
            }
            return mode == StopMode.FORCED ? DangerousVerb.VM_FORCE_STOP : null;
        }

        List<@Nullable UUID> ids() {
            return vmIds == null ? List.of() : vmIds;
        }

        BulkBody validated() {
            FieldChecks checks = new FieldChecks();
            checks.required("action", action);
            if (checks.required("vmIds", vmIds) != null) {
                checks.size("vmIds", ids().size(), 1, VmBulk.MOST);
                if (ids().stream().anyMatch(Objects::isNull)) {
                    checks.required("vmIds[]", null);
                }
            }
            checks.throwIfAny();
            return this;
        }
    }

    /** What would become of each VM. */
    record BulkPlan(List<BulkPlanItem> items) {

        static BulkPlan of(List<Planned> planned) {
            return new BulkPlan(planned.stream().map(BulkPlanItem::of).toList());
        }
    }

    /** @param error why it would be refused; null: it would be begun */
    record BulkPlanItem(UUID vmId, String vmName, TaskView.@Nullable TaskError error) {

        static BulkPlanItem of(Planned planned) {
            var refusal = planned.refusal();
            return new BulkPlanItem(
                    planned.vmId(),
                    planned.vmName(),
                    refusal == null
                            ? null
                            : new TaskView.TaskError(
                                    refusal.code().name(), Objects.requireNonNullElse(refusal.getMessage(), "")));
        }
    }
}

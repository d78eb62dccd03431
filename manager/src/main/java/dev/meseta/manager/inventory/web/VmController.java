package dev.meseta.manager.inventory.web;

import dev.meseta.manager.identity.DangerousBody;
import dev.meseta.manager.identity.DangerousVerb;
import dev.meseta.manager.identity.Permission;
import dev.meseta.manager.identity.RequiresPermission;
import dev.meseta.manager.inventory.InventoryLists;
import dev.meseta.manager.inventory.InventoryLists.ShownVm;
import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.VmDetails;
import dev.meseta.manager.inventory.VmDetails.VmCondition;
import dev.meseta.manager.inventory.VmDetails.VmDisk;
import dev.meseta.manager.inventory.VmDetails.VmNic;
import dev.meseta.manager.inventory.VmStatus;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.inventory.Vms.VmChange;
import dev.meseta.manager.shared.Page;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.web.Api;
import dev.meseta.manager.shared.web.DryRun;
import dev.meseta.manager.shared.web.ListParameters;
import dev.meseta.manager.shared.web.Versions;
import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import jakarta.validation.constraints.Max;
import jakarta.validation.constraints.Min;
import jakarta.validation.constraints.Pattern;
import jakarta.validation.constraints.Size;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.ResponseEntity;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PatchMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** VMs as they are; what is done with them belongs to lifecycle and migration. */
@RestController
@RequestMapping(Api.BASE + "/vms")
@Tag(name = "VMs")
class VmController {

    private final Vms vms;
    private final InventoryLists lists;
    private final List<VmDetails> details;
    private final PlatformTransactionManager transactions;

    VmController(Vms vms, InventoryLists lists, List<VmDetails> details, PlatformTransactionManager transactions) {
        this.vms = vms;
        this.lists = lists;
        this.details = details;
        this.transactions = transactions;
    }

    /** What a user changes; absent or null stays. */
    record VmPatch(
            @Nullable @Pattern(
                    regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}",
                    message = "must be 1 to 63 letters, digits, dots, dashes or underscores, a letter or digit first")
            String name,

            @Nullable @Size(max = 1000) String description,
            @Nullable @Min(1) @Max(512) Integer vcpus,
            @Nullable @Min(16) @Max(16 * 1024 * 1024) Long memoryMiB,

            @Nullable @Size(max = 50) List<
                            @Pattern(
                                    regexp = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}",
                                    message =
                                            "must be 1 to 63 letters, digits, dots, dashes or underscores, a letter or digit first")
                            String>
                    tags,

            @Nullable Boolean deleteProtected)
            implements DangerousBody {

        @Override
        public @Nullable DangerousVerb danger() {
            return Boolean.FALSE.equals(deleteProtected) ? DangerousVerb.VM_UNPROTECT : null;
        }

        VmChange toChange() {
            return new VmChange(
                    name,
                    description,
                    vcpus,
                    memoryMiB == null ? null : Mebibytes.toBytes(memoryMiB),
                    tags,
                    deleteProtected);
        }
    }

    @Operation(operationId = "listVms", summary = "VMs")
    @RequiresPermission(Permission.VM_READ)
    @GetMapping
    Page<VmResource> list(ListParameters list) {
        Page<ShownVm> page = lists.vms(list.request());
        return new Page<>(resources(page.items()), page.nextCursor());
    }

    @Operation(operationId = "getVm", summary = "One VM")
    @RequiresPermission(Permission.VM_READ)
    @GetMapping("/{id}")
    ResponseEntity<VmResource> get(@PathVariable UUID id) {
        return answer(shown(id));
    }

    @Operation(
            operationId = "changeVm",
            summary =
                    "Change a VM's settings; CPUs and memory only while it is down, tags only by who may give grants on it. Needs If-Match")
    @RequiresPermission(Permission.VM_CHANGE)
    @PatchMapping("/{id}")
    ResponseEntity<VmResource> change(
            @PathVariable UUID id,
            @RequestHeader(name = HttpHeaders.IF_MATCH, required = false) @Nullable String ifMatch,
            @RequestParam(defaultValue = "false") boolean dryRun,
            @Valid @RequestBody VmPatch patch) {
        long expected = Versions.required(ifMatch);
        return answer(DryRun.change(transactions, dryRun, () -> {
            vms.update(id, expected, patch.toChange());
            return shown(id);
        }));
    }

    private ShownVm shown(UUID id) {
        return lists.vm(id).orElseThrow(() -> Problems.notFound("VM", id));
    }

    private ResponseEntity<VmResource> answer(ShownVm shown) {
        return Api.versioned(shown.vm().version(), resources(List.of(shown)).getFirst());
    }

    private List<VmResource> resources(List<ShownVm> shown) {
        List<UUID> ids = shown.stream().map(each -> each.vm().id()).toList();
        Map<UUID, List<VmDisk>> disks = new HashMap<>();
        Map<UUID, List<VmNic>> nics = new HashMap<>();
        Map<UUID, UUID> tasks = new HashMap<>();
        Map<UUID, List<VmCondition>> conditions = new HashMap<>();
        List<UUID> down = shown.stream()
                .map(ShownVm::vm)
                .filter(vm -> vm.status() == VmStatus.DOWN)
                .map(Vm::id)
                .toList();
        for (VmDetails part : details) {
            disks.putAll(part.disks(ids));
            nics.putAll(part.nics(ids));
            tasks.putAll(part.unfinishedTasks(ids));
            part.conditions(down)
                    .forEach((id, some) -> conditions.merge(
                            id,
                            some,
                            (one, other) ->
                                    Stream.concat(one.stream(), other.stream()).toList()));
        }
        return shown.stream()
                .map(each -> {
                    UUID id = each.vm().id();
                    return VmResource.of(
                            each,
                            disks.getOrDefault(id, List.of()),
                            nics.getOrDefault(id, List.of()),
                            tasks.get(id),
                            conditions.getOrDefault(id, List.of()));
                })
                .toList();
    }
}

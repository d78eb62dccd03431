package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.inventory.Vms;
import dev.meseta.manager.lifecycle.BulkVerb;
import dev.meseta.manager.lifecycle.BulkVerbs;
import dev.meseta.manager.lifecycle.StopMode;
import dev.meseta.manager.lifecycle.VmBulk;
import dev.meseta.manager.lifecycle.internal.Payloads.BulkVms;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.shared.Problems;
import dev.meseta.manager.shared.RequestContext;
import dev.meseta.manager.shared.UuidGenerator;
import dev.meseta.manager.tasks.Submission;
import dev.meseta.manager.tasks.TaskItems;
import dev.meseta.manager.tasks.TaskView;
import dev.meseta.manager.tasks.Tasks;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionOperations;

/** Takes in requests about many VMs. */
@Component
class VmBulkService implements VmBulk {

    /** How many VMs the task's target names. */
    private static final int NAMED = 3;

    private final Vms vms;
    private final List<BulkVerbs> verbs;
    private final Tasks tasks;
    private final TaskItems items;
    private final TransactionOperations transactions;
    private final UuidGenerator ids;

    VmBulkService(
            Vms vms,
            List<BulkVerbs> verbs,
            Tasks tasks,
            TaskItems items,
            TransactionOperations transactions,
            UuidGenerator ids) {
        this.vms = vms;
        this.verbs = verbs;
        this.tasks = tasks;
        this.items = items;
        this.transactions = transactions;
        this.ids = ids;
    }

    /** Who does this verb. */
    static BulkVerbs doing(BulkVerb verb, List<BulkVerbs> all) {
        return all.stream()
                .filter(some -> some.verbs().contains(verb))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no module does " + verb));
    }

    @Override
    public TaskView submit(BulkVerb verb, List<UUID> vmIds, @Nullable StopMode mode, Guard guard, RequestContext by) {
        List<TaskItems.Draft> drafts = vmIds.stream()
                .distinct()
                .map(vmId -> look(verb, vmId, guard))
                .map(seen -> new TaskItems.Draft(seen.vmId(), seen.vmName(), seen.refusal()))
                .toList();
        return Objects.requireNonNull(transactions.execute(status -> {
            TaskView task = tasks.submit(new Submission<>(
                    verb.taskKind(),
                    new BulkVms(mode),
                    "vms",
                    ids.next(),
                    nameOf(drafts),
                    false,
                    by.correlationId(),
                    by.principal(),
                    Optional.empty()));
            items.add(task.id(), drafts);
            return task;
        }));
    }

    @Override
    public List<Planned> plan(BulkVerb verb, List<UUID> vmIds, Guard guard) {
        BulkVerbs doing = doing(verb, verbs);
        return vmIds.stream()
                .distinct()
                .map(vmId -> look(verb, vmId, guard))
                .map(seen -> seen.refusal() == null ? checked(doing, verb, seen) : seen)
                .toList();
    }

    private static Planned checked(BulkVerbs doing, BulkVerb verb, Planned seen) {
        try {
            doing.check(verb, seen.vmId());
            return seen;
        } catch (MesetaException e) {
            return new Planned(seen.vmId(), seen.vmName(), e);
        }
    }

    /** What can be said without asking whether the VM is in a state for it. */
    private Planned look(BulkVerb verb, UUID vmId, Guard guard) {
        MesetaException refusal = null;
        try {
            guard.require(verb.permission(), vmId);
        } catch (MesetaException e) {
            refusal = e;
        }
        Optional<Vm> vm = vms.find(vmId);
        // What may not be seen has no name either.
        if (vm.isEmpty() || (refusal != null && refusal.code() == ErrorCode.NOT_FOUND)) {
            return new Planned(vmId, vmId.toString(), Problems.notFound("VM", vmId));
        }
        return new Planned(vmId, vm.get().name(), refusal);
    }

    private static String nameOf(List<TaskItems.Draft> drafts) {
        String first =
                drafts.stream().limit(NAMED).map(TaskItems.Draft::targetName).collect(Collectors.joining(", "));
        return drafts.size() <= NAMED ? first : "%s, +%d".formatted(first, drafts.size() - NAMED);
    }
}

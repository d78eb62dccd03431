package dev.meseta.manager.lifecycle.internal;

import dev.meseta.manager.inventory.Vm;
import dev.meseta.manager.shared.ErrorCode;
import dev.meseta.manager.shared.MesetaException;
import dev.meseta.manager.tasks.TaskView;
import java.util.List;

/** Refusals that several verbs say in the same words. */
final class Refusals {

    private static final long MIB = 1024 * 1024;

    private Refusals() {}

    static MesetaException field(String field, String message) {
        return new MesetaException(
                ErrorCode.VALIDATION_FAILED,
                field + ": " + message,
                List.of(new MesetaException.FieldError(field, message)),
                null);
    }

    static MesetaException notRunning(Vm vm) {
        return new MesetaException(
                ErrorCode.VM_NOT_RUNNING, "The VM %s is %s. Start it first.".formatted(vm.name(), vm.status()));
    }

    static MesetaException running(Vm vm) {
        return new MesetaException(
                ErrorCode.VM_RUNNING, "The VM %s is %s. Stop it first.".formatted(vm.name(), vm.status()));
    }

    static MesetaException isProtected(Vm vm) {
        return new MesetaException(
                ErrorCode.VM_PROTECTED,
                "The VM %s is protected from being deleted. Take the protection away first.".formatted(vm.name()));
    }

    static MesetaException hostUnreachable(Vm vm) {
        return new MesetaException(
                ErrorCode.HOST_UNREACHABLE,
                "The host on which the VM %s was last seen cannot be reached; the VM may be running there. Bring the host back first."
                        .formatted(vm.name()));
    }

    static MesetaException missing(Vm vm) {
        return new MesetaException(
                ErrorCode.VM_MISSING,
                "The host of the VM %s does not have it any more. If it does not turn up within moments, it counts as down: try again then."
                        .formatted(vm.name()));
    }

    static MesetaException busy(Vm vm, TaskView task) {
        return new MesetaException(
                ErrorCode.TASK_IN_PROGRESS,
                "The task %s (%s) is at work on the VM %s. Wait for it, or cancel it."
                        .formatted(task.id(), task.kind(), vm.name()));
    }

    static long roundedUpToMiB(long bytes) {
        return (bytes + MIB - 1) / MIB;
    }
}

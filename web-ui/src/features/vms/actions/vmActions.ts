import type { ActOnVms, StopVm, Task, Vm, VmStatus } from "../../../api/types";
import type { Action, Message } from "../../../shared/actions/action";
import { api } from "../../../shared/http/client";
import { MigrateDialog } from "../migrate/MigrateDialog";

const WITHOUT_CONSOLE: VmStatus[] = ["DOWN", "SUSPENDED", "WAIT_FOR_LAUNCH", "UNKNOWN"];

/** The first state is the one that the explanation names. */
function onlyWhen(needed: VmStatus, ...also: VmStatus[]): (vm: Vm) => Message | undefined {
  return (vm) => {
    if (vm.external) {
      return { key: "vms.reason.external" };
    }
    if (vm.taskId) {
      return { key: "vms.reason.busy" };
    }
    return vm.status === needed || also.includes(vm.status)
      ? undefined
      : { key: "vms.reason.wrongState", values: { status: vm.status, needed } };
  };
}

/** Looking is possible while a task works on the VM. */
function hasConsole(vm: Vm): Message | undefined {
  if (vm.external) {
    return { key: "vms.reason.external" };
  }
  return WITHOUT_CONSOLE.includes(vm.status) ? { key: "vms.reason.noConsole" } : undefined;
}

/** A setting, which can be changed while a task works on the VM. */
function notExternal(vm: Vm): Message | undefined {
  return vm.external ? { key: "vms.reason.external" } : undefined;
}

function protect(deleteProtected: boolean): (vm: Vm, idempotencyKey: string) => Promise<undefined> {
  return async (vm, idempotencyKey) => {
    await api.patch<Vm>(`/vms/${vm.id}`, { body: { deleteProtected }, version: vm.version, idempotencyKey });
    return undefined;
  };
}

function verb(name: string, body?: StopVm): (vm: Vm, idempotencyKey: string) => Promise<Task> {
  return (vm, idempotencyKey) => api.post<Task>(`/vms/${vm.id}/${name}`, { body, idempotencyKey });
}

function verbForAll(action: ActOnVms["action"]): (vms: Vm[], idempotencyKey: string) => Promise<Task> {
  return (vms, idempotencyKey) =>
    api.post<Task>("/vms/actions", { body: { action, vmIds: vms.map((vm) => vm.id) }, idempotencyKey });
}

/** What can be done to a VM; row menus, the details page and the bulk bar all read this list. */
export const vmActions: Action<Vm>[] = [
  {
    id: "start",
    label: "vms.start",
    permission: "VM_OPERATE",
    isProminent: true,
    isBulk: true,
    disabledReason: onlyWhen("DOWN", "SUSPENDED"),
    call: verb("start"),
    callAll: verbForAll("START"),
  },
  {
    id: "stop",
    label: "vms.stop",
    permission: "VM_OPERATE",
    isProminent: true,
    isBulk: true,
    disabledReason: onlyWhen("UP", "STARTING"),
    call: verb("stop", { mode: "GRACEFUL" }),
    callAll: verbForAll("STOP"),
  },
  {
    id: "migrate",
    label: "vms.migrate",
    permission: "VM_MIGRATE",
    isProminent: true,
    disabledReason: onlyWhen("UP", "PAUSED"),
    dialog: MigrateDialog,
  },
  {
    id: "console",
    label: "vms.console",
    permission: "VM_CONSOLE",
    isProminent: true,
    disabledReason: hasConsole,
    to: (vm) => `/vms/${vm.id}/console`,
  },
  {
    id: "reboot",
    label: "vms.reboot",
    permission: "VM_OPERATE",
    isBulk: true,
    disabledReason: onlyWhen("UP"),
    call: verb("reboot", { mode: "GRACEFUL" }),
    callAll: verbForAll("REBOOT"),
  },
  {
    id: "pause",
    label: "vms.pause",
    permission: "VM_OPERATE",
    disabledReason: onlyWhen("UP"),
    call: verb("pause"),
  },
  {
    id: "resume",
    label: "vms.resume",
    permission: "VM_OPERATE",
    disabledReason: onlyWhen("PAUSED"),
    call: verb("resume"),
  },
  {
    id: "reset",
    label: "vms.reset",
    permission: "VM_OPERATE",
    isDanger: true,
    disabledReason: onlyWhen("UP", "PAUSED", "REBOOTING"),
    confirm: { title: "vms.confirmReset", body: "vms.confirmResetBody" },
    call: verb("reboot", { mode: "FORCED" }),
  },
  {
    id: "powerOff",
    label: "vms.powerOff",
    permission: "VM_OPERATE",
    isDanger: true,
    disabledReason: onlyWhen("UP", "PAUSED", "STARTING", "STOPPING", "REBOOTING"),
    confirm: { title: "vms.confirmPowerOff", body: "vms.confirmPowerOffBody" },
    call: verb("stop", { mode: "FORCED" }),
  },
  {
    id: "protect",
    label: "vms.protect",
    permission: "VM_CHANGE",
    isShown: (vm) => !vm.deleteProtected,
    disabledReason: notExternal,
    call: protect(true),
  },
  {
    id: "unprotect",
    label: "vms.unprotect",
    permission: "VM_CHANGE",
    isShown: (vm) => vm.deleteProtected,
    disabledReason: notExternal,
    confirm: { title: "vms.confirmUnprotect", body: "vms.confirmUnprotectBody" },
    call: protect(false),
  },
  {
    id: "delete",
    label: "vms.delete",
    permission: "VM_DELETE",
    isDanger: true,
    isBulk: true,
    disabledReason: (vm) =>
      vm.deleteProtected ? { key: "vms.reason.protected" } : onlyWhen("DOWN")(vm),
    confirm: { title: "vms.confirmDelete", body: "vms.confirmDeleteBody", typeName: true },
    call: (vm, idempotencyKey) =>
      api.delete<Task>(`/vms/${vm.id}`, { version: vm.version, idempotencyKey }),
    callAll: verbForAll("DELETE"),
  },
  {
    id: "whoCan",
    label: "access.whoCan",
    permission: "ACCESS_EXPLAIN",
    to: (vm) => `/access/explain?object=VM:${vm.id}&permission=VM_OPERATE`,
  },
];

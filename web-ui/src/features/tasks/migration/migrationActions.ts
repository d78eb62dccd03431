import type { Task } from "../../../api/types";
import type { Action } from "../../../shared/actions/action";
import { api } from "../../../shared/http/client";
import { isFinal } from "../../../shared/tasks/tasks";
import { cancelTask } from "../actions/taskActions";
import { canSwitchToPostCopy } from "./migrationNumbers";
import { TuneMigrationDialog } from "./TuneMigrationDialog";

const tune: Action<Task> = {
  id: "tune",
  label: "migration.tune",
  permission: "VM_MIGRATE",
  isProminent: true,
  disabledReason: (task) => (isFinal(task.state) ? { key: "tasks.reason.finished" } : undefined),
  dialog: TuneMigrationDialog,
};

const postCopy: Action<Task> = {
  id: "postCopy",
  label: "migration.switchToPostCopy",
  permission: "VM_MIGRATE",
  isProminent: true,
  disabledReason: (task) => (canSwitchToPostCopy(task) ? undefined : { key: "migration.reason.notCopying" }),
  confirm: { title: "migration.confirmPostCopy", body: "migration.confirmPostCopyBody" },
  call: async (task, idempotencyKey) => {
    await api.post<undefined>(`/vms/${task.target.id}/migration/post-copy`, { idempotencyKey });
    return undefined;
  },
};

/** What can be done to a migration while it runs. */
export const migrationActions: Action<Task>[] = [tune, postCopy, { ...cancelTask, label: "migration.cancel" }];

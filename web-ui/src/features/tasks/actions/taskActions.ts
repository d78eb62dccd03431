import type { Task } from "../../../api/types";
import type { Action } from "../../../shared/actions/action";
import { api } from "../../../shared/http/client";
import { isFinal } from "../../../shared/tasks/tasks";

export const cancelTask: Action<Task> = {
  id: "cancel",
  label: "tasks.cancel",
  permission: "TASK_CANCEL",
  isProminent: true,
  isBulk: true,
  disabledReason: (task) => {
    if (isFinal(task.state)) {
      return { key: "tasks.reason.finished" };
    }
    return task.cancelRequested ? { key: "tasks.reason.cancelRequested" } : undefined;
  },
  call: async (task, idempotencyKey) => {
    await api.post<Task>(`/tasks/${task.id}/cancel`, { idempotencyKey });
    return undefined;
  },
};

export const taskActions: Action<Task>[] = [cancelTask];

import type { Task, TaskState } from "../../api/types";

export function isFinal(state: TaskState): boolean {
  return state === "SUCCEEDED" || state === "FAILED" || state === "CANCELLED";
}

/** 0 to 100; a finished task that succeeded is complete, whatever its last number was. */
export function percentOf(task: Pick<Task, "state" | "progress">): number {
  if (task.state === "SUCCEEDED") {
    return 100;
  }
  const percent = task.progress.percent ?? 0;
  return Math.round(Math.min(100, Math.max(0, percent)));
}

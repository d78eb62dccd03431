import type { Task } from "../../api/types";
import { useOne } from "../../shared/list/useList";

export function useTask(id: string | null | undefined) {
  return useOne<Task>("tasks", id);
}

import { Progress, ProgressMeasureLocation, ProgressVariant } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Task } from "../../api/types";
import { isFinal, percentOf } from "../../shared/tasks/tasks";

/** "Migrate web-1": what the task does, to what. */
export function useTaskTitle(): (task: Task) => string {
  const { t } = useTranslation();
  return (task) => `${t(`taskKind.${task.kind}`, { defaultValue: task.kind })} ${task.target.name}`.trim();
}

export function useKindName(): (kind: string) => string {
  const { t } = useTranslation();
  return (kind) => t(`taskKind.${kind}`, { defaultValue: kind });
}

export function usePhaseName(): (phase: string) => string {
  const { t } = useTranslation();
  return (phase) => t(`phase.${phase}`, { defaultValue: phase });
}

/** The phase a task is in; an ended task is in none any more, whichever was its last. */
export function useReached(): (task: Pick<Task, "state" | "phase">) => string {
  const { t } = useTranslation();
  const phaseName = usePhaseName();
  return (task) =>
    isFinal(task.state) ? t(`status.task.${task.state}`, { defaultValue: task.state }) : phaseName(task.phase);
}

const VARIANTS = {
  PENDING: undefined,
  RUNNING: undefined,
  SUCCEEDED: ProgressVariant.success,
  FAILED: ProgressVariant.danger,
  CANCELLED: ProgressVariant.warning,
} as const;

export function TaskProgressBar({ task, label, size = "sm" }: { task: Task; label: string; size?: "sm" | "lg" }) {
  const { t } = useTranslation();
  const { items, itemsEnded } = task.progress;
  const count = items == null ? undefined : t("tasks.itemsEnded", { ended: itemsEnded ?? 0, total: items });
  return (
    <Progress
      aria-label={label}
      value={percentOf(task)}
      label={count}
      valueText={count}
      size={size}
      variant={VARIANTS[task.state]}
      measureLocation={ProgressMeasureLocation.outside}
    />
  );
}

const PAGES: Partial<Record<string, string>> = { vm: "/vms", host: "/hosts" };

/** The object a task works on, as a link where it has a page. */
export function TargetLink({ target }: { target: Task["target"] }) {
  const page = PAGES[target.kind.toLowerCase()];
  return page === undefined ? <>{target.name}</> : <Link to={`${page}/${target.id}`}>{target.name}</Link>;
}

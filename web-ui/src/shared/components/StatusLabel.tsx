import { Label, Tooltip, type LabelProps } from "@patternfly/react-core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type {
  HostStatus,
  ImageStatus,
  ManagerState,
  Outcome,
  Severity,
  TaskItemState,
  TaskState,
  VmStatus,
} from "../../api/types";

type Look = Pick<LabelProps, "status" | "color">;

const OFF: Look = { color: "grey" };
const BUSY: Look = { color: "blue" };
const GOOD: Look = { status: "success" };
const WARNING: Look = { status: "warning" };
const BAD: Look = { status: "danger" };

const VM: Record<VmStatus, Look> = {
  DOWN: OFF,
  WAIT_FOR_LAUNCH: BUSY,
  STARTING: BUSY,
  UP: GOOD,
  PAUSED: WARNING,
  SUSPENDED: OFF,
  MIGRATING: { status: "info" },
  STOPPING: BUSY,
  REBOOTING: BUSY,
  UNKNOWN: BAD,
  LOCKED: BUSY,
};

const HOST: Record<HostStatus, Look> = {
  PENDING_APPROVAL: BUSY,
  INSTALLING: BUSY,
  UP: GOOD,
  MAINTENANCE: { color: "purple" },
  PREPARING_MAINTENANCE: { color: "purple" },
  NON_OPERATIONAL: BAD,
  CONNECTING: WARNING,
  NON_RESPONSIVE: BAD,
  FENCING: WARNING,
  DOWN: OFF,
};

const IMAGE: Record<ImageStatus, Look> = { IMPORTING: BUSY, READY: GOOD, FAILED: BAD };

const TASK: Record<TaskState, Look> = {
  PENDING: OFF,
  RUNNING: { status: "info" },
  SUCCEEDED: GOOD,
  FAILED: BAD,
  CANCELLED: WARNING,
};

const TASK_ITEM: Record<TaskItemState, Look> = {
  WAITING: OFF,
  RUNNING: { status: "info" },
  SUCCEEDED: GOOD,
  FAILED: BAD,
  CANCELLED: WARNING,
  REFUSED: BAD,
};

const MANAGER: Record<ManagerState, Look> = { LIVING: GOOD, SILENT: WARNING, STOPPED: OFF, FENCED: BAD };

const SEVERITY: Record<Severity, Look> = { INFO: { status: "info" }, WARNING, ERROR: BAD };

const OUTCOME: Record<Outcome, Look> = { SUCCESS: GOOD, REFUSED: WARNING, FAILED: BAD };

const LOOKS = {
  vm: VM,
  host: HOST,
  image: IMAGE,
  task: TASK,
  taskItem: TASK_ITEM,
  manager: MANAGER,
  severity: SEVERITY,
  outcome: OUTCOME,
} as const;

interface Props {
  of: keyof typeof LOOKS;
  value: string;
  reason?: ReactNode;
}

/** A state as a coloured label with its word, and the reason on hover and focus where there is one. */
export function StatusLabel({ of, value, reason }: Props) {
  const { t } = useTranslation();
  // A newer manager may know a state that this page does not: it is shown as it came.
  const looks: Partial<Record<string, Look>> = LOOKS[of];
  const label = (
    <Label {...(looks[value] ?? OFF)} isCompact data-status={value} tabIndex={reason ? 0 : undefined}>
      {t(`status.${of}.${value}`, { defaultValue: value })}
    </Label>
  );
  return reason ? <Tooltip content={reason}>{label}</Tooltip> : label;
}

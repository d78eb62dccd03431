import { Alert, AlertActionCloseButton, AlertActionLink } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { useNavigate } from "react-router";
import type { TaskState } from "../../api/types";
import { ErrorText } from "../../shared/components/Problem";
import { useFormat } from "../../shared/format/useFormat";
import { isFinal } from "../../shared/tasks/tasks";
import { TaskProgressBar, usePhaseName, useTaskTitle } from "./TaskWords";
import { useTask } from "./useTask";

const VARIANTS = {
  PENDING: "info",
  RUNNING: "info",
  SUCCEEDED: "success",
  FAILED: "danger",
  CANCELLED: "warning",
} as const satisfies Record<TaskState, string>;

/** Good news leave by themselves; bad ones stay until they are closed. */
const GOOD_NEWS_MS = 8_000;

/** A toast that follows a task until its end. */
export function TaskToast({ taskId, onClose }: { taskId: string; onClose: () => void }) {
  const { t } = useTranslation();
  const navigate = useNavigate();
  const format = useFormat();
  const title = useTaskTitle();
  const phaseName = usePhaseName();
  const { data: task } = useTask(taskId);
  if (task === undefined) {
    return null;
  }
  const downtime = task.kind === "vm.migrate" && task.state === "SUCCEEDED" ? task.progress.downtimeMs : undefined;
  return (
    <Alert
      // A new alert starts its own time when the task ends.
      key={task.state}
      variant={VARIANTS[task.state]}
      title={`${title(task)}: ${t(`status.task.${task.state}`, { defaultValue: task.state })}`}
      timeout={task.state === "SUCCEEDED" ? GOOD_NEWS_MS : false}
      onTimeout={onClose}
      actionClose={<AlertActionCloseButton onClose={onClose} aria-label={t("actions.close")} />}
      actionLinks={
        <AlertActionLink onClick={() => void navigate(`/tasks/${task.id}`)}>{t("tasks.show")}</AlertActionLink>
      }
    >
      {!isFinal(task.state) && (
        <>
          <TaskProgressBar task={task} label={title(task)} />
          {phaseName(task.phase)}
        </>
      )}
      {downtime !== undefined && t("migration.downtimeWas", { downtime: format.duration(downtime) })}
      {task.error && <ErrorText {...task.error} />}
    </Alert>
  );
}

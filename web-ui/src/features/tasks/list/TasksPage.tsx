import { useTranslation } from "react-i18next";
import { Link } from "react-router";
import type { Task } from "../../../api/types";
import { ErrorText } from "../../../shared/components/Problem";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import type { Column } from "../../../shared/list/ListTable";
import { ListPage } from "../../../shared/list/ListPage";
import { millisecondsBetween } from "../../../shared/format/format";
import { taskActions } from "../actions/taskActions";
import { TargetLink, TaskProgressBar, useKindName, useReached, useTaskTitle } from "../TaskWords";

const STATES = ["PENDING", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"];

export function useTaskColumns(): Column<Task>[] {
  const { t } = useTranslation();
  const format = useFormat();
  const kindName = useKindName();
  const reached = useReached();
  const title = useTaskTitle();
  return [
    {
      id: "kind",
      label: t("tasks.kind"),
      render: (task) => <Link to={`/tasks/${task.id}`}>{kindName(task.kind)}</Link>,
    },
    { id: "target", label: t("tasks.target"), render: (task) => <TargetLink target={task.target} /> },
    {
      id: "state",
      label: t("tasks.state"),
      render: (task) => <StatusLabel of="task" value={task.state} reason={task.error && <ErrorText {...task.error} />} />,
    },
    {
      id: "phase",
      label: t("tasks.phase"),
      render: (task) =>
        task.state === "RUNNING" ? <TaskProgressBar task={task} label={title(task)} /> : reached(task),
    },
    { id: "requestedBy", label: t("tasks.requestedBy"), render: (task) => task.requestedBy },
    {
      id: "createdAt",
      label: t("tasks.createdAt"),
      sort: "createdAt",
      render: (task) => format.time(task.createdAt),
    },
    {
      id: "duration",
      label: t("tasks.duration"),
      isNumeric: true,
      render: (task) => format.duration(millisecondsBetween(task.createdAt, task.finishedAt)),
    },
  ];
}

export function TasksPage() {
  const { t } = useTranslation();
  const columns = useTaskColumns();
  return (
    <ListPage<Task>
      noun="tasks"
      title={t("tasks.title")}
      columns={columns}
      defaultSort="-createdAt"
      searchPlaceholder={t("tasks.searchPlaceholder")}
      filter={{
        field: "state",
        label: t("tasks.state"),
        values: STATES.map((value) => ({ value, label: t(`status.task.${value}`) })),
      }}
      withoutSearch="parent:none"
      actions={taskActions}
      empty={{ title: t("tasks.empty"), body: t("tasks.emptyBody") }}
    />
  );
}

import { Card, CardBody, CardTitle, GridItem } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Task, Vm } from "../../../api/types";
import { ListTable } from "../../../shared/list/ListTable";
import { useList } from "../../../shared/list/useList";
import { MigrationView } from "../../tasks/migration/MigrationView";
import { TaskErrorAlert } from "../../tasks/TaskErrorAlert";
import { useTaskColumns } from "../../tasks/list/TasksPage";
import { useTask } from "../../tasks/useTask";

const NEWEST = 8;

/** The last tasks of a VM; the newest migration is shown large, while it runs and with its result. */
export function VmTasks({ vm }: { vm: Vm }) {
  const { t } = useTranslation();
  const columns = useTaskColumns().filter((column) => column.id !== "target");
  const { data } = useList<Task>("tasks", { q: `target:${vm.id}`, sort: "-createdAt", limit: NEWEST });
  const tasks = data?.items ?? [];
  const newest = tasks[0];
  const shownId = vm.taskId ?? (newest?.kind === "vm.migrate" || newest?.error ? newest.id : undefined);
  const { data: shown } = useTask(shownId);
  return (
    <>
      {shown?.error && (
        <GridItem span={12}>
          <TaskErrorAlert task={shown} />
        </GridItem>
      )}
      {shown?.kind === "vm.migrate" && (
        <GridItem span={12}>
          <MigrationView task={shown} isTitleLinked />
        </GridItem>
      )}
      {tasks.length > 0 && (
        <GridItem span={12} order={{ default: "1" }}>
          <Card>
            <CardTitle component="h2">{t("vms.tasks")}</CardTitle>
            <CardBody>
              <ListTable label={t("vms.tasks")} columns={columns} rows={tasks} />
            </CardBody>
          </Card>
        </GridItem>
      )}
    </>
  );
}

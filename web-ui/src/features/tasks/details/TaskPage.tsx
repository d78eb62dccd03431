import { Card, CardBody, CardTitle, Grid, GridItem, PageSection } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Link, useParams } from "react-router";
import type { Task } from "../../../api/types";
import { ActionToolbar } from "../../../shared/actions/ActionViews";
import { useActions } from "../../../shared/actions/useActions";
import { Facts } from "../../../shared/components/Facts";
import { PageHeading } from "../../../shared/components/PageHeading";
import { Failed, Loading } from "../../../shared/components/states";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { millisecondsBetween } from "../../../shared/format/format";
import { useFormat } from "../../../shared/format/useFormat";
import { taskActions } from "../actions/taskActions";
import { MigrationView } from "../migration/MigrationView";
import { TaskErrorAlert } from "../TaskErrorAlert";
import { TaskItems } from "../TaskItems";
import { TaskSteps } from "../TaskSteps";
import { TargetLink, TaskProgressBar, useKindName, useReached, useTaskTitle } from "../TaskWords";
import { useTask } from "../useTask";

export function TaskPage() {
  const { t } = useTranslation();
  const { id } = useParams();
  const format = useFormat();
  const title = useTaskTitle();
  const kindName = useKindName();
  const reached = useReached();
  const runner = useActions<Task>("tasks");
  const { data: task, error, refetch } = useTask(id);
  const parent = { label: t("tasks.title"), to: "/tasks" };
  if (task === undefined) {
    return (
      <>
        <PageHeading title={t("tasks.title")} parent={parent} />
        {error === null ? <Loading /> : <Failed error={error} retry={() => void refetch()} />}
      </>
    );
  }
  return (
    <>
      <PageHeading
        title={title(task)}
        parent={parent}
        labels={<StatusLabel of="task" value={task.state} />}
        actions={<ActionToolbar actions={taskActions} item={task} runner={runner} />}
      />
      <PageSection isFilled>
        <Grid hasGutter>
          {task.error && (
            <GridItem span={12}>
              <TaskErrorAlert task={task} />
            </GridItem>
          )}
          {task.kind === "vm.migrate" && (
            <GridItem span={12}>
              <MigrationView task={task} />
            </GridItem>
          )}
          {task.items.length > 0 && (
            <GridItem span={12}>
              <Card>
                <CardTitle component="h2">{t("tasks.items")}</CardTitle>
                <CardBody>
                  <TaskItems items={task.items} />
                </CardBody>
              </Card>
            </GridItem>
          )}
          <GridItem span={12} xl2={5}>
            <Facts
              title={t("tasks.about")}
              facts={[
                [t("tasks.kind"), kindName(task.kind)],
                [t("tasks.target"), <TargetLink key="target" target={task.target} />],
                [
                  t("tasks.partOf"),
                  task.parentId ? (
                    <Link key="parent" to={`/tasks/${task.parentId}`}>
                      {t("tasks.show")}
                    </Link>
                  ) : null,
                ],
                [t("tasks.phase"), reached(task)],
                [t("tasks.progress"), <TaskProgressBar key="progress" task={task} label={title(task)} />],
                [t("tasks.requestedBy"), task.requestedBy],
                [t("tasks.createdAt"), format.time(task.createdAt)],
                [t("tasks.finishedAt"), format.time(task.finishedAt)],
                [t("tasks.duration"), format.duration(millisecondsBetween(task.createdAt, task.finishedAt))],
                [t("problem.correlationId"), <code key="correlation">{task.correlationId}</code>],
              ]}
            />
          </GridItem>
          <GridItem span={12} xl2={7}>
            <Card isFullHeight>
              <CardTitle component="h2">{t("tasks.steps")}</CardTitle>
              <CardBody>
                <TaskSteps steps={task.steps} />
              </CardBody>
            </Card>
          </GridItem>
        </Grid>
      </PageSection>
      {runner.dialogs}
    </>
  );
}

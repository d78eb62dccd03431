import {
  Button,
  EmptyState,
  EmptyStateBody,
  NotificationDrawer,
  NotificationDrawerBody,
  NotificationDrawerHeader,
  NotificationDrawerList,
  NotificationDrawerListItem,
  NotificationDrawerListItemBody,
  NotificationDrawerListItemHeader,
} from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { Link, useNavigate } from "react-router";
import type { Task } from "../../../api/types";
import { unavailable } from "../../../shared/actions/action";
import { useActions } from "../../../shared/actions/useActions";
import { Explained } from "../../../shared/components/Explained";
import { ErrorText } from "../../../shared/components/Problem";
import { Failed, Loading } from "../../../shared/components/states";
import { StatusLabel } from "../../../shared/components/StatusLabel";
import { useFormat } from "../../../shared/format/useFormat";
import { useList } from "../../../shared/list/useList";
import { usePermission } from "../../../shared/session/session";
import { isFinal } from "../../../shared/tasks/tasks";
import { cancelTask } from "../actions/taskActions";
import { TaskProgressBar, useTaskTitle } from "../TaskWords";

/** Parts of other tasks are shown with those. */
const RECENT = { q: "parent:none", sort: "-createdAt", limit: 20 };

/** The newest tasks; the badge in the masthead counts the running ones among them. */
export function useRecentTasks() {
  return useList<Task>("tasks", RECENT);
}

const VARIANTS = { PENDING: "info", RUNNING: "info", SUCCEEDED: "success", FAILED: "danger", CANCELLED: "warning" } as const;

export function TaskDrawer({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation();
  const format = useFormat();
  const allowed = usePermission();
  const navigate = useNavigate();
  const title = useTaskTitle();
  const runner = useActions<Task>("tasks");
  const { data, error, refetch } = useRecentTasks();
  const tasks = data?.items ?? [];
  const running = tasks.filter((task) => !isFinal(task.state)).length;
  return (
    <NotificationDrawer aria-label={t("tasks.drawer")}>
      <NotificationDrawerHeader
        title={t("tasks.drawer")}
        customText={t("tasks.running", { count: running })}
        onClose={onClose}
        closeButtonAriaLabel={t("actions.close")}
      >
        <Link to="/tasks">{t("tasks.all")}</Link>
      </NotificationDrawerHeader>
      <NotificationDrawerBody>
        {data === undefined && error === null && <Loading />}
        {data === undefined && error !== null && <Failed error={error} retry={() => void refetch()} />}
        {data !== undefined && tasks.length === 0 && (
          <EmptyState titleText={t("tasks.empty")} headingLevel="h2" variant="sm">
            <EmptyStateBody>{t("tasks.emptyBody")}</EmptyStateBody>
          </EmptyState>
        )}
        <NotificationDrawerList aria-label={t("tasks.drawer")}>
          {tasks.map((task) => {
            const reason = unavailable(cancelTask, task, allowed);
            return (
              <NotificationDrawerListItem
                key={task.id}
                variant={VARIANTS[task.state]}
                isRead={isFinal(task.state)}
                onClick={() => void navigate(`/tasks/${task.id}`)}
              >
                <NotificationDrawerListItemHeader
                  variant={VARIANTS[task.state]}
                  title={title(task)}
                  srTitle={t(`status.task.${task.state}`, { defaultValue: task.state })}
                  headingLevel="h3"
                >
                  <StatusLabel of="task" value={task.state} />
                </NotificationDrawerListItemHeader>
                <NotificationDrawerListItemBody timestamp={format.time(task.createdAt)}>
                  {task.error && <ErrorText {...task.error} />}
                  {!isFinal(task.state) && (
                    <div className="meseta-drawer-progress">
                      <TaskProgressBar task={task} label={title(task)} />
                      <Explained reason={reason && t(reason.key, reason.values)}>
                        <Button
                          variant="link"
                          size="sm"
                          isInline
                          isAriaDisabled={reason !== undefined}
                          onClick={(event) => {
                            event.stopPropagation();
                            runner.run(cancelTask, [task]);
                          }}
                        >
                          {t("tasks.cancel")}
                        </Button>
                      </Explained>
                    </div>
                  )}
                </NotificationDrawerListItemBody>
              </NotificationDrawerListItem>
            );
          })}
        </NotificationDrawerList>
      </NotificationDrawerBody>
      {runner.dialogs}
    </NotificationDrawer>
  );
}

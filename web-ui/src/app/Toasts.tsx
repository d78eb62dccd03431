import { Alert, AlertActionCloseButton, AlertGroup } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { TaskToast } from "../features/tasks/TaskToast";
import { ProblemText } from "../shared/components/Problem";
import { useNotifications } from "../shared/notifications/notifications";

const GOOD_NEWS_MS = 6_000;

export function Toasts() {
  const { t } = useTranslation();
  const { notices, dismiss } = useNotifications();
  return (
    <AlertGroup isToast isLiveRegion aria-label={t("shell.notifications")}>
      {notices.map((notice) => {
        const close = () => dismiss(notice.id);
        switch (notice.kind) {
          case "task":
            return <TaskToast key={notice.id} taskId={notice.taskId} onClose={close} />;
          case "success":
            return (
              <Alert
                key={notice.id}
                variant="success"
                title={notice.title}
                timeout={GOOD_NEWS_MS}
                onTimeout={close}
                actionClose={<AlertActionCloseButton onClose={close} aria-label={t("actions.close")} />}
              >
                {notice.detail}
              </Alert>
            );
          case "failure":
            return (
              <Alert
                key={notice.id}
                variant="danger"
                title={notice.title}
                actionClose={<AlertActionCloseButton onClose={close} aria-label={t("actions.close")} />}
              >
                <ProblemText error={notice.error} />
              </Alert>
            );
        }
      })}
    </AlertGroup>
  );
}

import { Alert, Content } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Task } from "../../api/types";
import { ErrorText } from "../../shared/components/Problem";

/** Why a task failed, with the code to look for. */
export function TaskErrorAlert({ task }: { task: Task }) {
  const { t } = useTranslation();
  if (!task.error) {
    return null;
  }
  const isCancelled = task.state === "CANCELLED";
  return (
    <Alert
      variant={isCancelled ? "warning" : "danger"}
      isInline
      title={isCancelled ? t("tasks.wasCancelled") : t("tasks.hasFailed")}
    >
      <ErrorText {...task.error} />
      <Content component="small" className="meseta-problem-code">
        {t("problem.code")} <code>{task.error.code}</code>
        {" · "}
        {t("problem.correlationId")} <code>{task.correlationId}</code>
      </Content>
    </Alert>
  );
}

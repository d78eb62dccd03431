import { Alert, Content } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { ApiError } from "../http/client";

/** What went wrong in words, with the code and the correlation id that support will ask for. */
export function ProblemText({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!(error instanceof ApiError)) {
    return <>{error instanceof Error ? error.message : t("problem.unknown")}</>;
  }
  const { code, correlationId, errors, detail, title } = error.problem;
  return (
    <>
      <span>{code === "UNREACHABLE" ? t("problem.unreachable") : (detail ?? title ?? t("problem.unknown"))}</span>
      {errors !== undefined && errors.length > 0 && (
        <ul className="meseta-plain-list">
          {errors.map((entry) => (
            <li key={`${entry.field}:${entry.message}`}>
              <code>{entry.field}</code>: {entry.message}
            </li>
          ))}
        </ul>
      )}
      <Content component="small" className="meseta-problem-code">
        {t("problem.code")} <code>{code}</code>
        {correlationId !== undefined && (
          <>
            {" · "}
            {t("problem.correlationId")} <code>{correlationId}</code>
          </>
        )}
      </Content>
    </>
  );
}

export function ProblemAlert({ title, error }: { title: string; error: unknown }) {
  return (
    <Alert variant="danger" isInline title={title} className="meseta-problem">
      <ProblemText error={error} />
    </Alert>
  );
}

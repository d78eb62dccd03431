import { Alert, Content } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { ApiError } from "../http/client";
import { useErrorWords } from "../i18n/words";

/** An error in the reader's language, and the manager's sentence with the names and numbers. */
export function ErrorText({ code, detail }: { code: string; detail?: string }) {
  const words = useErrorWords()(code);
  return (
    <>
      {words !== "" && <strong>{words}</strong>} {detail}
    </>
  );
}

/** What went wrong in words, with the code and the correlation id that support will ask for. */
export function ProblemText({ error }: { error: unknown }) {
  const { t } = useTranslation();
  if (!(error instanceof ApiError)) {
    return <>{error instanceof Error ? error.message : t("problem.unknown")}</>;
  }
  const { code, correlationId, errors, detail, title } = error.problem;
  if (code === "STEP_UP_CANCELLED") {
    return <>{t("problem.stepUpCancelled")}</>;
  }
  return (
    <>
      <div>
        {code === "UNREACHABLE" ? (
          t("problem.unreachable")
        ) : (
          <ErrorText code={code} detail={detail ?? title ?? t("problem.unknown")} />
        )}
      </div>
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

import { Alert } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import type { Factor } from "../../api/types";
import { ProblemText } from "../components/Problem";
import { ApiError } from "../http/client";
import { NoPasskey } from "./webauthn";

const MINUTE = 60;

/** Why somebody was not let in, in words that say what to do. */
export function SignInProblem({ error, shown, title }: { error: unknown; shown?: Factor; title?: string }) {
  const { t } = useTranslation();
  if (error instanceof NoPasskey) {
    return (
      <Alert variant="warning" isInline role="alert" title={t(`signIn.noPasskey.${error.reason}`)}>
        {t(`signIn.noPasskeyBody.${error.reason}`)}
      </Alert>
    );
  }
  if (error instanceof ApiError && error.code === "TOO_MANY_REQUESTS") {
    const seconds = error.problem.retryAfter ?? 1;
    const wait =
      seconds < 2 * MINUTE
        ? t("signIn.waitSeconds", { count: seconds })
        : t("signIn.waitMinutes", { count: Math.ceil(seconds / MINUTE) });
    return (
      <Alert variant="warning" isInline role="alert" title={t("signIn.tooMany")}>
        {t("signIn.tooManyBody")} {wait}
      </Alert>
    );
  }
  if (shown !== undefined && error instanceof ApiError && error.code === "FACTOR_WRONG") {
    return (
      <Alert variant="danger" isInline role="alert" title={t(`signIn.wrong.${shown}`)}>
        {t(`signIn.wrongHelp.${shown}`)}
      </Alert>
    );
  }
  return (
    <Alert variant="danger" isInline role="alert" title={title ?? t("login.failed")}>
      <ProblemText error={error} />
    </Alert>
  );
}

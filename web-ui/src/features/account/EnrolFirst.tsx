import { Button, Content } from "@patternfly/react-core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ProblemAlert } from "../../shared/components/Problem";
import { usePageTitle } from "../../shared/components/usePageTitle";
import { SESSION_KEY, useLogOut, useSession } from "../../shared/session/session";
import { hasPasskeys } from "../../shared/signin/webauthn";
import { SignInFrame } from "../../shared/signin/SignInFrame";
import { useEnrolment } from "./useEnrolment";

/** All there is for whoever must have a second factor and has none. */
export function EnrolFirst() {
  const { t } = useTranslation();
  const { username } = useSession();
  const client = useQueryClient();
  const logOut = useLogOut();
  const [error, setError] = useState<unknown>();
  const enrolment = useEnrolment(() => void client.invalidateQueries({ queryKey: SESSION_KEY }));
  usePageTitle(t("account.first.title"));
  const beginTotp = async () => {
    setError(undefined);
    try {
      await enrolment.beginTotp();
    } catch (failure) {
      setError(failure);
    }
  };
  return (
    <SignInFrame title={t("account.first.title")} subtitle={t("account.first.subtitle", { username })}>
      {error !== undefined && <ProblemAlert title={t("account.totp.failed")} error={error} />}
      <Content component="p">{t("account.first.body")}</Content>
      <div className="meseta-buttons">
        <Button variant="primary" isBlock onClick={() => void beginTotp()}>
          {t("account.totp.enrol")}
        </Button>
        {hasPasskeys() && (
          <Button variant="secondary" isBlock onClick={enrolment.beginPasskey}>
            {t("account.passkeys.add")}
          </Button>
        )}
        <Button variant="link" isBlock onClick={() => void logOut()}>
          {t("shell.logOut")}
        </Button>
      </div>
      {enrolment.dialogs}
    </SignInFrame>
  );
}

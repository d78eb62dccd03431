import { Button, Content } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Factors, NewRecoveryCodes } from "../../api/types";
import { api } from "../../shared/http/client";
import { RemoveDialog } from "./RemoveDialog";
import { Section } from "./Section";
import type { Enrolment } from "./useEnrolment";

export function RecoveryCodesCard({ factors, enrolment }: { factors: Factors; enrolment: Enrolment }) {
  const { t } = useTranslation();
  const [isRenewing, setRenewing] = useState(false);
  if (factors.totpSince === null && factors.passkeys.length === 0) {
    return null;
  }
  return (
    <Section
      id="codes"
      title={t("account.codes.titleAll")}
      help={t("account.codes.help")}
      actions={
        <Button variant="secondary" onClick={() => setRenewing(true)}>
          {t("account.codes.renew")}
        </Button>
      }
    >
      <Content component="p">{t("account.codes.left", { count: factors.recoveryCodesLeft })}</Content>
      {isRenewing && (
        <RemoveDialog
          title={t("account.codes.confirmRenew")}
          body={t("account.codes.confirmRenewBody")}
          verb={t("account.codes.renew")}
          onConfirm={async () => {
            const { recoveryCodes } = await api.post<NewRecoveryCodes>("/account/recovery-codes");
            enrolment.showCodes(recoveryCodes);
          }}
          onClose={() => setRenewing(false)}
        />
      )}
    </Section>
  );
}

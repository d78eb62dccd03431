import { Button, Content } from "@patternfly/react-core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Factors } from "../../api/types";
import { useFormat } from "../../shared/format/useFormat";
import { api } from "../../shared/http/client";
import { useNotifications } from "../../shared/notifications/notifications";
import { useAccountChanged } from "./factors";
import { RemoveDialog } from "./RemoveDialog";
import { Section } from "./Section";
import type { Enrolment } from "./useEnrolment";

export function TotpCard({ factors, enrolment }: { factors: Factors; enrolment: Enrolment }) {
  const { t } = useTranslation();
  const format = useFormat();
  const notifications = useNotifications();
  const changed = useAccountChanged();
  const [isRemoving, setRemoving] = useState(false);
  const { totpSince, totpUsedAt } = factors;
  const enrol = async () => {
    try {
      await enrolment.beginTotp();
    } catch (error) {
      notifications.failed(t("account.totp.failed"), error);
    }
  };
  return (
    <Section
      id="totp"
      title={t("account.totp.title")}
      help={t("account.totp.help")}
      actions={
        totpSince === null ? (
          <Button variant="secondary" onClick={() => void enrol()}>
            {t("account.totp.enrol")}
          </Button>
        ) : (
          <Button variant="danger" onClick={() => setRemoving(true)}>
            {t("account.totp.remove")}
          </Button>
        )
      }
    >
      <Content component="p">
        {totpSince === null
          ? t("account.totp.none")
          : t("account.totp.since", {
              since: format.time(totpSince),
              used: totpUsedAt === null ? t("account.never") : format.time(totpUsedAt),
            })}
      </Content>
      {isRemoving && (
        <RemoveDialog
          title={t("account.totp.confirmRemove")}
          body={t("account.lastFactorBody")}
          verb={t("account.totp.remove")}
          onConfirm={async () => {
            await api.delete<undefined>("/account/totp");
            await changed();
          }}
          onClose={() => setRemoving(false)}
        />
      )}
    </Section>
  );
}

import { PageSection } from "@patternfly/react-core";
import { useTranslation } from "react-i18next";
import { PageHeading } from "../../shared/components/PageHeading";
import { Failed, Loading } from "../../shared/components/states";
import { usePermission } from "../../shared/session/session";
import { useAccountChanged, useFactors } from "./factors";
import { PasskeysCard } from "./PasskeysCard";
import { PasswordCard } from "./PasswordCard";
import { ProviderCard } from "./ProviderCard";
import { RecoveryCodesCard } from "./RecoveryCodesCard";
import { SessionsCard } from "./SessionsCard";
import { TokensCard } from "./tokens/TokensCard";
import { TotpCard } from "./TotpCard";
import { useEnrolment } from "./useEnrolment";

/** What a person signs in with, where they are signed in, and what acts in their name. */
export function AccountPage() {
  const { t } = useTranslation();
  const allowed = usePermission();
  const { data: factors, error, refetch } = useFactors();
  const changed = useAccountChanged();
  const enrolment = useEnrolment(() => void changed());
  return (
    <>
      <PageHeading title={t("account.title")} />
      <PageSection>
        <div className="meseta-cards">
          {factors?.atProvider === false && <PasswordCard />}
          {factors === undefined ? (
            error === null ? (
              <Loading />
            ) : (
              <Failed error={error} retry={() => void refetch()} />
            )
          ) : factors.atProvider ? (
            <ProviderCard />
          ) : (
            <>
              <TotpCard factors={factors} enrolment={enrolment} />
              <PasskeysCard factors={factors} enrolment={enrolment} />
              <RecoveryCodesCard factors={factors} enrolment={enrolment} />
            </>
          )}
          <SessionsCard />
          {allowed("TOKEN_OWN") && <TokensCard />}
        </div>
      </PageSection>
      {enrolment.dialogs}
    </>
  );
}
